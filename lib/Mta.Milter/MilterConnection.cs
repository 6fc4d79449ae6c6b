using Mta.Linux;
using Mta.Text;
using NLog;

namespace Mta.Milter;

/// <summary>
/// One filter for one session: what it is told, and what it answers. Whatever the filter does wrong ends the connection and
/// from then on has the verdict of its default action; it is logged once. Used by one caller at a time. Owns the
/// connection.
/// </summary>
internal sealed class MilterConnection : IDisposable
{
    // Edit requests of one message that are held until the filter has spoken its last word.
    private const int MaxEdits = 10_000;
    private const int MaxEditBytes = 16 << 20;

    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly MilterDefinition _milter;
    private MilterWire? _wire;
    private MilterMacros _macros;
    private readonly MilterStance _stance;
    private MilterAgreement _agreed;

    public MilterConnection(MilterDefinition milter, MilterMacros macros)
    {
        _milter = milter;
        _macros = macros;
        _stance = new MilterStance(milter);
        _agreed = MilterAgreement.None with { Version = milter.Version };
    }

    public MilterDefinition Milter => _milter;

    /// <summary>What was agreed upon; before that, no more than the highest version that is spoken.</summary>
    public MilterAgreement Agreement => _agreed;

    /// <summary>Takes part in the current message.</summary>
    public bool IsActive => _stance.State == MilterState.Active;

    public bool WantsRejectedRecipients => IsActive && (_agreed.Options & MilterOptions.RejectedRecipients) != 0;

    public bool KeepsSpace => (_agreed.Options & MilterOptions.LeadingSpace) != 0;

    /// <summary>The socket, for the hand-over; null when not connected.</summary>
    public SocketStream? Stream => _wire?.Stream;

    /// <summary>A connection handed over by another process, between DATA and the first header.</summary>
    public static MilterConnection Adopt(MilterDefinition milter, MilterMacros macros, MilterAgreement agreed, SocketStream stream)
    {
        var connection = new MilterConnection(milter, macros);
        connection._stance.Connected();
        connection.Agree(agreed);
        connection._wire = new MilterWire(milter.Name, stream);
        return connection;
    }

    /// <summary>Connects and negotiates, then tells of the client.</summary>
    public async ValueTask<MilterVerdict> ConnectAsync(byte[] arguments, MilterMacroLookup lookup, CancellationToken stop)
    {
        MilterWire wire;
        try
        {
            _wire = wire = new MilterWire(_milter.Name, await _milter.Endpoint.ConnectAsync(_milter.ConnectTimeout, stop));
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            return Fail($"connect to Milter service {_milter.Name}: {error.Message}");
        }

        if (!await NegotiateAsync(wire, stop))
        {
            return _stance.Standing;
        }

        _stance.Connected();
        return await TellAsync(MilterEvent.Connect, MilterMacroSet.Connect, arguments, lookup, stop);
    }

    /// <summary>Tells of an event and waits for the answer, if one is due.</summary>
    public async ValueTask<MilterVerdict> TellAsync(MilterEvent what, MilterMacroSet set, ReadOnlyMemory<byte> data, MilterMacroLookup lookup, CancellationToken stop)
    {
        if (!IsActive || _wire is not { } wire)
        {
            return _stance.Standing;
        }

        if (_stance.Skips(what))
        {
            return MilterVerdict.Continue;
        }

        bool isUnwanted = (_agreed.Options & MilterProtocol.Skips(what)) != 0;
        if ((_agreed.UnknownEvents & MilterProtocol.Skips(what)) != 0 || (isUnwanted && what > MilterEvent.Data))
        {
            return MilterVerdict.Continue;
        }

        // A filter that wants to hear nothing of the sender may yet ask at the end who has logged in.
        wire.WriteMacros(MilterProtocol.Letter(what), _macros, set, lookup);
        if (isUnwanted)
        {
            return MilterVerdict.Continue;
        }

        bool isAnswered = (_agreed.Options & MilterProtocol.NotAnswered(what)) == 0;
        wire.Write(MilterProtocol.Letter(what), data.Span);
        try
        {
            wire.SetTimeout(what >= MilterEvent.Header ? _milter.ContentTimeout : _milter.CommandTimeout);
            if (isAnswered || wire.IsFull)
            {
                await wire.FlushAsync(stop);
            }
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            return Fail($"milter {_milter.Name}: error writing command: {Reason(error)}");
        }

        return isAnswered ? await ReadVerdictAsync(wire, what, null, null, stop) : MilterVerdict.Continue;
    }

    /// <summary>Tells that the message is complete; gathers what the filter wants changed.</summary>
    /// <param name="edits">Filled; of use only when the verdict is not a failure's (<paramref name="body"/> likewise).</param>
    public async ValueTask<(MilterVerdict Verdict, bool IsValid)> EndMessageAsync(List<MilterEdit> edits, MilterBodySink body, MilterMacroLookup lookup, CancellationToken stop)
    {
        if (!IsActive || _wire is not { } wire)
        {
            return (_stance.Standing, false);
        }

        wire.WriteMacros(MilterProtocol.Letter(MilterEvent.EndOfMessage), _macros, MilterMacroSet.EndOfMessage, lookup);
        wire.Write(MilterProtocol.Letter(MilterEvent.EndOfMessage), default);
        try
        {
            wire.SetTimeout(_milter.ContentTimeout);
            await wire.FlushAsync(stop);
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            return (Fail($"milter {_milter.Name}: error writing command: {Reason(error)}"), false);
        }

        MilterVerdict verdict = await ReadVerdictAsync(wire, MilterEvent.EndOfMessage, edits, body, stop);
        bool isValid = _stance.State is MilterState.Active or MilterState.MessageDone && verdict.Kind is MilterVerdictKind.Continue or MilterVerdictKind.Discard;
        return (verdict, isValid);
    }

    /// <summary>Ends the message, whatever came of it: the filter waits for the next one.</summary>
    public async ValueTask AbortAsync(CancellationToken stop)
    {
        if (!_stance.EndMessage())
        {
            return;
        }

        _wire?.Write((byte)'A', default);
        await FlushAsync(stop);
    }

    public async ValueTask QuitAsync(CancellationToken stop)
    {
        _wire?.Write((byte)'Q', default);
        await FlushAsync(stop);
        Dispose();
    }

    public void Dispose()
    {
        _wire?.Dispose();
        _wire = null;
        _stance.Disconnected();
    }

    /// <summary>Sends what was written and not yet sent, before someone else writes to the connection.</summary>
    public ValueTask FlushAsync(CancellationToken stop) => _wire is null ? default : _wire.TryFlushAsync(_milter.CommandTimeout, stop);

    private async ValueTask<bool> NegotiateAsync(MilterWire wire, CancellationToken stop)
    {
        const string what = "SMFIC_OPTNEG";
        wire.SetTimeout(_milter.CommandTimeout);
        wire.Write((byte)'O', MilterAgreement.Offer(_milter.Version));
        try
        {
            await wire.FlushAsync(stop);
            (string? problem, uint length) = await wire.ReadHeadAsync(what, stop);
            if (problem is null && wire.Letter != 'O')
            {
                Fail($"milter {_milter.Name}: unexpected reply \"{Printable.Neutralize(wire.Letter.ToString())}\" in initial handshake");
                return false;
            }

            problem ??= await wire.ReadDataAsync(what, length, stop);
            if (problem is not null)
            {
                FailHandshake(problem);
                return false;
            }

            bool agrees = MilterAgreement.TryParse(_milter.Name, _milter.Version, wire.Data(length).Span, out MilterAgreement agreed, out problem, out bool isMalformed);
            wire.Consume(length);
            if (agrees)
            {
                Agree(agreed);
            }
            else if (isMalformed)
            {
                FailHandshake(problem);
            }
            else
            {
                Fail(problem);
            }

            return agrees;
        }
        catch (Exception error) when (error is IOException or TimeoutException or InvalidDataException)
        {
            FailHandshake($"milter {_milter.Name}: can't read {what} reply packet header: {Reason(error)}");
            return false;
        }
    }

    private void Agree(MilterAgreement agreed)
    {
        _agreed = agreed;
        if (agreed.Macros is { } lists)
        {
            string[] texts = new string[MilterMacros.Sets];
            for (int i = 0; i < texts.Length; i++)
            {
                texts[i] = lists[i] is { Length: > 0 } own ? own : _macros.Text((MilterMacroSet)i);
            }

            _macros = new MilterMacros(texts, _macros.Defaults);
        }
    }

    private async ValueTask<MilterVerdict> ReadVerdictAsync(MilterWire wire, MilterEvent what, List<MilterEdit>? edits, MilterBodySink? body, CancellationToken stop)
    {
        int editBytes = 0;
        bool bodySeen = false;
        bool bodyOver = false;
        try
        {
            while (true)
            {
                (string? problem, uint length) = await wire.ReadHeadAsync(MilterProtocol.Name(what), stop);
                if (problem is not null)
                {
                    return Fail(problem);
                }

                char letter = wire.Letter;
                if (letter == 'b' && body is not null)
                {
                    if (bodyOver)
                    {
                        return Misbehaves("body replacement requests can't currently be mixed with other requests");
                    }

                    bodySeen = true;
                    problem = await wire.PassDataAsync(length, body, stop);
                    if (problem is not null)
                    {
                        return Fail(problem);
                    }

                    continue;
                }

                problem = await wire.ReadDataAsync(MilterProtocol.Name(what), length, stop);
                if (problem is not null)
                {
                    return Fail(problem);
                }

                ReadOnlyMemory<byte> data = wire.Data(length);
                if (letter == 'p')
                {
                    wire.Consume(length);
                    continue;
                }

                if (edits is not null && MilterEdits.TryParse(letter, data.Span, KeepsSpace, out MilterEdit edit, out string? malformed))
                {
                    if (malformed is not null)
                    {
                        return Fail(malformed.Replace("%s", _milter.Name, StringComparison.Ordinal));
                    }

                    bodyOver |= bodySeen;
                    editBytes += (int)length;
                    if (edits.Count >= MaxEdits || editBytes > MaxEditBytes)
                    {
                        return Fail($"milter {_milter.Name}: too many edit requests");
                    }

                    edits.Add(edit);
                    wire.Consume(length);
                    continue;
                }

                MilterVerdict verdict = _stance.Judge(what, letter, data.Span);
                if (_stance.IsBroken)
                {
                    Dispose();
                }
                else
                {
                    wire.Consume(length);
                }

                return verdict;
            }
        }
        catch (Exception error) when (error is IOException or TimeoutException or InvalidDataException)
        {
            return Fail($"milter {_milter.Name}: can't read {MilterProtocol.Name(what)} reply packet header: {Reason(error)}");
        }
    }

    private static string Reason(Exception error) => error is TimeoutException ? Errno.Text(Errno.ETIMEDOUT) : error is InvalidDataException ? "too much data" : error.Message;

    private void FailHandshake(string problem)
    {
        Log.Warn(Printable.Neutralize(problem));
        Fail($"milter {_milter.Name}: read error in initial handshake");
    }

    private MilterVerdict Fail(string problem)
    {
        Dispose();
        return _stance.Fail(problem);
    }

    private MilterVerdict Misbehaves(string problem)
    {
        Dispose();
        return _stance.Misbehaves(problem);
    }
}
