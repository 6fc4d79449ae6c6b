using System.Globalization;
using System.Text;

namespace Mta.Cleanup.Tests;

/// <summary>
/// A queue file as a reader that follows pointers sees it, read without the product's own readers: what the message is
/// once filters have edited it.
/// </summary>
internal sealed class FollowedFile
{
    private const int MaxRecords = 200_000;

    /// <summary>What is wrong with the file; null when nothing is.</summary>
    public string? Problem { get; private set; }

    /// <summary>Lines of the content, overlong ones put together.</summary>
    public List<string> Content { get; } = [];

    /// <summary>The last one counts for a delivery agent's eye; the first one that the reader meets is the one in force.</summary>
    public string? Sender { get; private set; }

    public List<string> Recipients { get; } = [];

    public static FollowedFile Read(byte[] file)
    {
        var result = new FollowedFile();
        result.Problem = result.Walk(file);
        return result;
    }

    /// <summary>One record, whatever it is.</summary>
    /// <returns>Type, data and where the next one is; null at the end of the bytes or where there is none.</returns>
    public static (char Type, string Data, long Next)? Record(byte[] file, long offset)
    {
        if (offset < 0 || offset >= file.Length)
        {
            return null;
        }

        long at = offset + 1;
        long length = 0;
        for (int shift = 0; ; shift += 7)
        {
            if (at >= file.Length || shift > 28)
            {
                return null;
            }

            byte b = file[at++];
            length |= (long)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                break;
            }
        }

        return length > file.Length - at || length > 4 << 20 ? null : ((char)file[offset], Encoding.Latin1.GetString(file, (int)at, (int)length), at + length);
    }

    private string? Walk(byte[] file)
    {
        long at = 0;
        char place = 'C';
        var line = new StringBuilder();
        for (int count = 0; count < MaxRecords; count++)
        {
            if (Record(file, at) is not { } record)
            {
                return $"no record at {at}";
            }

            long start = at;
            at = record.Next;
            (char type, string data, _) = record;
            if (type == 'p')
            {
                if (!long.TryParse(data.Trim(' '), NumberStyles.None, CultureInfo.InvariantCulture, out long target))
                {
                    return $"pointer at {start} to {data}";
                }

                at = target > 0 ? target : at;
                continue;
            }

            switch (place)
            {
                case 'C' when type == 'C':
                    place = 'e';
                    break;
                case 'e' when type == 'M':
                    place = 'm';
                    break;
                case 'm' when type == 'w':
                    break;
                case 'm' when type is 'N' or 'L':
                    line.Append(data);
                    if (type == 'N')
                    {
                        Content.Add(line.ToString());
                        line.Clear();
                    }

                    break;
                case 'm' when type == 'X':
                    if (line.Length > 0)
                    {
                        return "the last line has no end";
                    }

                    place = 'x';
                    break;
                case 'e' when "TFIASWV>LORK/".Contains(type):
                case 'x' when "FILAO>RK/".Contains(type):
                    Sender ??= type == 'S' ? data : null;
                    if (type == 'R')
                    {
                        Recipients.Add(data);
                    }

                    break;
                case 'x' when type == 'E':
                    return Sender is null ? "no sender" : null;
                default:
                    return $"record {type} at {start} in {place}";
            }
        }

        return "records without end";
    }
}
