using Mta.Text;

namespace Mta.Mail.Queue;

/// <summary>
/// Reads records from a stream. <see cref="TryRead"/> serves what is in the window without waiting; when it says
/// NeedMore, await <see cref="FillAsync"/> and try again. Pointers are records like others here: only files follow them.
/// </summary>
public sealed class RecordReader(BufferedInput input, int maxDataLength = RecordFormat.MaxDataLength)
{
    private int _consume;

    /// <summary>Takes the next record from the window.</summary>
    /// <param name="data">Valid until the next call.</param>
    public RecordParse TryRead(out RecordType type, out ReadOnlySpan<byte> data)
    {
        if (_consume > 0)
        {
            input.Consume(_consume);
            _consume = 0;
        }

        ReadOnlySpan<byte> window = input.Available;
        RecordParse result = RecordFormat.Parse(window, out int header, out int length);
        if (length > maxDataLength)
        {
            result = RecordParse.Malformed;
        }

        if (result != RecordParse.Complete)
        {
            type = RecordType.None;
            data = default;
            return result;
        }

        type = (RecordType)window[0];
        data = window.Slice(header, length);
        _consume = header + length;
        return RecordParse.Complete;
    }

    /// <summary>Puts the record last taken back: the next <see cref="TryRead"/> gives it again.</summary>
    public void Unread() => _consume = 0;

    /// <summary>Waits for more bytes.</summary>
    /// <returns>False at end of file: between records if the window is empty, else inside one.</returns>
    /// <exception cref="TimeoutException">Nothing came in time.</exception>
    public ValueTask<bool> FillAsync(CancellationToken stop = default) =>
        input.FillAsync(maxDataLength + RecordFormat.MaxHeaderLength, stop);

    /// <summary>Gives the bytes of the last record back to the input: what follows is no record (Milter hand-over).</summary>
    public void Leave()
    {
        input.Consume(_consume);
        _consume = 0;
    }
}
