namespace Mta.Milter;

/// <summary>One filter's look at one message: headers, end of headers, body, end. Owns nothing.</summary>
public readonly struct MilterInspection
{
    private readonly MilterConnection _milter;
    private readonly MilterMacroLookup _lookup;

    internal MilterInspection(MilterConnection milter, MilterMacroLookup lookup)
    {
        _milter = milter;
        _lookup = lookup;
    }

    /// <summary>Longest piece of body to give to <see cref="BodyAsync"/>.</summary>
    public static int MaxChunk => MilterProtocol.MaxChunk;

    /// <summary>False when the filter has accepted the message or failed: its verdict stands.</summary>
    public bool IsActive => _milter.IsActive;

    /// <summary>A header: name, and value with lines separated by LF.</summary>
    public ValueTask<MilterVerdict> HeaderAsync(string name, string value, CancellationToken stop) => _milter.TellAsync(
        MilterEvent.Header,
        MilterMacroSet.EndOfHeader,
        MilterSession.Strings([name, !_milter.KeepsSpace && value.Length > 0 && value[0] is ' ' or '\t' ? value[1..] : value]),
        _lookup,
        stop);

    public ValueTask<MilterVerdict> EndOfHeaderAsync(CancellationToken stop) =>
        _milter.TellAsync(MilterEvent.EndOfHeader, MilterMacroSet.EndOfHeader, default, _lookup, stop);

    /// <summary>A piece of body, its lines ended by CRLF.</summary>
    public ValueTask<MilterVerdict> BodyAsync(ReadOnlyMemory<byte> chunk, CancellationToken stop) =>
        _milter.TellAsync(MilterEvent.Body, MilterMacroSet.EndOfMessage, chunk, _lookup, stop);

    /// <summary>The end of the message.</summary>
    /// <returns>The verdict, and whether the edits and the body that were asked for may be applied: not when the filter failed.</returns>
    public ValueTask<(MilterVerdict Verdict, bool IsValid)> EndAsync(List<MilterEdit> edits, MilterBodySink body, CancellationToken stop) =>
        _milter.EndMessageAsync(edits, body, _lookup, stop);
}
