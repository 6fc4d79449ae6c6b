using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Cleanup;

/// <summary>Writes headers into the queue file, line by line.</summary>
internal readonly struct HeaderLines(Message message)
{
    /// <summary>Writes a header as it came; only blanks between name and colon go, and what is above the limit.</summary>
    public void Write(ReadOnlySpan<byte> header, int nameLength, int colon)
    {
        if (colon > nameLength)
        {
            byte[] copy = new byte[header.Length - (colon - nameLength)];
            header[..nameLength].CopyTo(copy);
            header[colon..].CopyTo(copy.AsSpan(nameLength));
            header = copy;
        }

        header = Cut(header);
        bool isFirst = true;
        while (true)
        {
            int end = header.IndexOf((byte)'\n');
            if (end < 0)
            {
                WriteLine(header, ref isFirst);
                return;
            }

            WriteLine(header[..end], ref isFirst);
            header = header[(end + 1)..];
        }
    }

    /// <summary>Writes a header of ours, whole.</summary>
    public void WriteText(string header)
    {
        ReadOnlySpan<byte> bytes = ByteString.ToBytes(header);
        bool isFirst = true;
        foreach (Range range in bytes.Split((byte)'\n'))
        {
            WriteLine(bytes[range], ref isFirst);
        }
    }

    /// <summary>Writes a rewritten header: what that makes longer than header_size_limit is cut, at the end of a line where little is lost by it.</summary>
    public void WriteRewritten(string header)
    {
        int limit = message.Settings.HeaderSizeLimit;
        if (header.Length > limit)
        {
            int lineEnd = header.LastIndexOf('\n', limit);
            header = header[..(lineEnd > limit / 10 * 9 ? lineEnd : limit)];
        }

        WriteText(header);
    }

    private void WriteLine(ReadOnlySpan<byte> line, ref bool isFirst)
    {
        if (isFirst)
        {
            message.WriteHeaderStart(line);
        }
        else
        {
            message.WriteText(RecordType.Text, line);
        }

        isFirst = false;
    }

    // At the last line end when that keeps more than nine tenths, else exactly at the limit.
    private ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> header)
    {
        // A filter takes no more in one packet.
        int limit = message.Milters is null ? message.Settings.HeaderSizeLimit : Math.Min(message.Settings.HeaderSizeLimit, 60000);
        if (header.Length <= limit)
        {
            return header;
        }

        int lineEnd = header[..limit].LastIndexOf((byte)'\n');
        return header[..(lineEnd > limit / 10 * 9 ? lineEnd : limit)];
    }
}
