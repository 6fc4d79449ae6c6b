using Mta.Linux;

namespace Mta.Mail.Queue;

/// <summary>
/// Reads a message file for commands that look at its envelope: the content is passed over where the size record says
/// where it ends. Does not own the reader.
/// </summary>
/// <param name="status">What the file system says of the file, for what its records do not.</param>
public sealed class EnvelopeScan(RecordFileReader records, FileStatus status)
{
    private long _contentEnd;

    /// <summary>When the message came, as far as has been read.</summary>
    public DateTime Arrival { get; private set; } = status.ModifyTime;

    /// <summary>Bytes of content; of the file until a size record was read, which a file of maildrop has not.</summary>
    public long Size { get; private set; } = status.Size;

    /// <summary>A size record was read: the content is passed over.</summary>
    public bool KnowsContent => _contentEnd > 0;

    /// <summary>The next record, the one that begins the content included.</summary>
    /// <param name="data">Valid until the next call.</param>
    /// <returns>False at the end of the message, and where the file is damaged.</returns>
    /// <exception cref="LinuxException">The file cannot be read.</exception>
    public bool Next(out RecordType type, out ReadOnlySpan<byte> data)
    {
        if (records.Read(out type, out data) != RecordRead.Record)
        {
            return false;
        }

        switch (type)
        {
            case RecordType.Size when SizeRecord.TryParse(data, out SizeRecord size):
                Size = size.ContentLength;
                _contentEnd = size.DataOffset + size.DataSize;
                break;
            case RecordType.Time when RecordText.TryParseTime(data, out DateTime time):
                Arrival = time;
                break;
            case RecordType.Message when KnowsContent:
                records.Seek(_contentEnd);
                break;
        }

        return type != RecordType.End;
    }
}
