using Mta.Linux;

namespace Mta.Mail.Queue;

/// <summary>
/// Streams the content of a message: headers, empty line, body, as text chunks. A line is zero or more chunks that do
/// not end it and one that does; the last line may lack its newline. Used by one thread at a time.
/// </summary>
public sealed class ContentReader : IDisposable
{
    private readonly RecordFileReader _records;

    /// <param name="dataOffset">Where the content starts: behind the <see cref="RecordType.Message"/> record.</param>
    public ContentReader(FileHandle file, long dataOffset) =>
        _records = new RecordFileReader(file, dataOffset, windowSize: 64 << 10);

    /// <summary>
    /// After <see cref="ReadChunk"/> said false: whether the content ended in its proper place, at the extracted
    /// segment. If not, the file is damaged (<see cref="QueueFileReader.MarkCorrupt"/>).
    /// </summary>
    public bool IsComplete { get; private set; }

    /// <summary>The next chunk of text, without its newline.</summary>
    /// <param name="endsLine">Whether a newline follows.</param>
    /// <param name="text">Valid until the next call.</param>
    /// <returns>False at the end of the content.</returns>
    /// <exception cref="LinuxException">The file cannot be read.</exception>
    public bool ReadChunk(out ReadOnlySpan<byte> text, out bool endsLine)
    {
        RecordRead result = _records.Read(out RecordType type, out text);
        endsLine = type == RecordType.Text;
        if (result == RecordRead.Record && (endsLine || type == RecordType.ContinuedText))
        {
            return true;
        }

        IsComplete = result == RecordRead.Record && type == RecordType.Extracted;
        text = default;
        return false;
    }

    public void Dispose() => _records.Dispose();
}
