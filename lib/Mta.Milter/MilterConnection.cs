using System.Buffers.Binary;
using System.Text;
using Mta.Linux;
using Mta.Text;
using NLog;
using Ascii = Mta.Text.Ascii;

namespace Mta.Milter;

/// <summary>
/// One filter for one session: connects, negotiates, sends events, reads verdicts. Whatever the filter does wrong ends
/// the connection and from then on has the verdict of its default action; it is logged once. Used by one caller at a
/// time. Owns the connection.
/// </summary>
internal sealed class MilterConnection : IDisposable
{
    // Edit requests of one message that are held until the filter has spoken its last word.
    private const int MaxEdits = 10_000;
    private const int MaxEditBytes = 16 << 20;

    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly MilterDefinition _milter;
    private SocketStream? _stream;
    private BufferedInput? _input;
    private BufferedOutput? _output;
    private MilterMacros _macros;
    private MilterState _state = MilterState.Idle;
    private MilterVerdict _standing;
    private MilterOptions _options;
    private MilterOptions _unknown;
    private MilterEvent? _skipped;

    public MilterConnection(MilterDefinition milter, MilterMacros macros)
    {
        _milter = milter;
        _macros = macros;
        Version = milter.Version;
    }

    private enum MilterState
    {
        /// <summary>Not connected yet.</summary>
        Idle,

        /// <summary>Wants to hear of events.</summary>
        Active,

        /// <summary>Has accepted or discarded this message.</summary>
        MessageDone,

        /// <summary>Has accepted this session, or has failed and is passed over.</summary>
        SessionDone,

        /// <summary>Has refused this session, or has failed: the standing verdict answers everything.</summary>
        Standing,
    }

    public MilterDefinition Milter => _milter;

    /// <summary>The version agreed upon.</summary>
    public int Version { get; private set; }

    public MilterActions Actions { get; private set; }

    public MilterOptions Options => _options;

    public MilterOptions UnknownEvents => _unknown;

    /// <summary>Macro lists of the filter's own; null when it has asked for none.</summary>
    public string?[]? OwnMacros { get; private set; }

    /// <summary>Takes part in the current message.</summary>
    public bool IsActive => _state == MilterState.Active;

    public bool WantsRejectedRecipients => IsActive && (_options & MilterOptions.RejectedRecipients) != 0;

    public bool KeepsSpace => (_options & MilterOptions.LeadingSpace) != 0;

    /// <summary>The socket, for the hand-over; null when not connected.</summary>
    public SocketStream? Stream => _stream;

    /// <summary>A connection handed over by another process, between DATA and the first header.</summary>
    public static MilterConnection Adopt(
        MilterDefinition milter, MilterMacros macros, string?[]? ownMacros, int version, MilterActions actions, MilterOptions options, MilterOptions unknown, SocketStream stream)
    {
        var connection = new MilterConnection(milter, macros)
        {
            Version = version,
            Actions = actions,
            _options = options,
            _unknown = unknown,
            _state = MilterState.Active,
        };
        connection.UseOwnMacros(ownMacros);
        connection.Attach(stream);
        return connection;
    }

    /// <summary>Connects and negotiates, then tells of the client.</summary>
    public async ValueTask<MilterVerdict> ConnectAsync(byte[] arguments, MilterMacroLookup lookup, CancellationToken stop)
    {
        try
        {
            Attach(await _milter.Endpoint.ConnectAsync(_milter.ConnectTimeout, stop));
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            return Fail($"connect to Milter service {_milter.Name}: {error.Message}");
        }

        if (!await NegotiateAsync(stop))
        {
            return _standing;
        }

        _state = MilterState.Active;
        return await TellAsync(MilterEvent.Connect, MilterMacroSet.Connect, arguments, lookup, stop);
    }

    /// <summary>Tells of an event and waits for the answer, if one is due.</summary>
    public async ValueTask<MilterVerdict> TellAsync(MilterEvent what, MilterMacroSet set, ReadOnlyMemory<byte> data, MilterMacroLookup lookup, CancellationToken stop)
    {
        if (_state != MilterState.Active)
        {
            return _state == MilterState.Standing ? _standing : MilterVerdict.Continue;
        }

        if (what == _skipped)
        {
            return MilterVerdict.Continue;
        }

        _skipped = null;
        bool isUnwanted = (_options & MilterProtocol.Skips(what)) != 0;
        if ((_unknown & MilterProtocol.Skips(what)) != 0 || (isUnwanted && what > MilterEvent.Data))
        {
            return MilterVerdict.Continue;
        }

        // A filter that wants to hear nothing of the sender may yet ask at the end who has logged in.
        WriteMacros(MilterProtocol.Letter(what), set, lookup);
        if (isUnwanted)
        {
            return MilterVerdict.Continue;
        }

        bool isAnswered = (_options & MilterProtocol.NotAnswered(what)) == 0;
        WritePacket(MilterProtocol.Letter(what), data.Span);
        try
        {
            SetTimeouts(what);
            if (!isAnswered)
            {
                if (_output!.IsFull) // attached while active
                {
                    await _output.FlushAsync(stop);
                }

                return MilterVerdict.Continue;
            }

            await _output!.FlushAsync(stop); // as above
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            return Fail($"milter {_milter.Name}: error writing command: {Reason(error)}");
        }

        return await ReadVerdictAsync(what, null, null, stop);
    }

    /// <summary>Tells that the message is complete; gathers what the filter wants changed.</summary>
    /// <param name="edits">Filled; of use only when the verdict is not a failure's (<paramref name="body"/> likewise).</param>
    public async ValueTask<(MilterVerdict Verdict, bool IsValid)> EndMessageAsync(List<MilterEdit> edits, MilterBodySink body, MilterMacroLookup lookup, CancellationToken stop)
    {
        if (_state != MilterState.Active)
        {
            return (_state == MilterState.Standing ? _standing : MilterVerdict.Continue, false);
        }

        WriteMacros(MilterProtocol.Letter(MilterEvent.EndOfMessage), MilterMacroSet.EndOfMessage, lookup);
        WritePacket(MilterProtocol.Letter(MilterEvent.EndOfMessage), default);
        try
        {
            SetTimeouts(MilterEvent.EndOfMessage);
            await _output!.FlushAsync(stop); // attached while active
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            return (Fail($"milter {_milter.Name}: error writing command: {Reason(error)}"), false);
        }

        MilterVerdict verdict = await ReadVerdictAsync(MilterEvent.EndOfMessage, edits, body, stop);
        bool isValid = _state is MilterState.Active or MilterState.MessageDone && verdict.Kind is MilterVerdictKind.Continue or MilterVerdictKind.Discard;
        return (verdict, isValid);
    }

    /// <summary>Ends the message, whatever came of it: the filter waits for the next one.</summary>
    public async ValueTask AbortAsync(CancellationToken stop)
    {
        _skipped = null;
        if (_state is not (MilterState.Active or MilterState.MessageDone))
        {
            return;
        }

        _state = MilterState.Active;
        WritePacket((byte)'A', default);
        await TryFlushAsync(stop);
    }

    public async ValueTask QuitAsync(CancellationToken stop)
    {
        if (_output is not null)
        {
            WritePacket((byte)'Q', default);
            await TryFlushAsync(stop);
        }

        Dispose();
    }

    public void Dispose()
    {
        _input?.Dispose();
        _output?.Dispose();
        _stream?.Dispose();
        _input = null;
        _output = null;
        _stream = null;
        if (_state is MilterState.Active or MilterState.MessageDone)
        {
            _state = MilterState.Idle;
        }
    }

    /// <summary>Sends what was written and not yet sent, before someone else writes to the connection.</summary>
    public ValueTask FlushAsync(CancellationToken stop) => _output is null ? default : TryFlushAsync(stop);

    private async ValueTask TryFlushAsync(CancellationToken stop)
    {
        try
        {
            _output!.Timeout = _milter.CommandTimeout; // callers have tested it
            await _output.FlushAsync(stop);
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            // No answer was due; the next event finds out and has the word.
        }
    }

    private void Attach(SocketStream stream)
    {
        _stream = stream;
        _input = new BufferedInput(stream, 512);
        _output = new BufferedOutput(stream, 16 << 10, 512);
    }

    private void SetTimeouts(MilterEvent what)
    {
        TimeSpan timeout = what >= MilterEvent.Header ? _milter.ContentTimeout : _milter.CommandTimeout;
        _input!.Timeout = timeout; // attached while active
        _output!.Timeout = timeout;
    }

    private async ValueTask<bool> NegotiateAsync(CancellationToken stop)
    {
        _input!.Timeout = _milter.CommandTimeout; // attached just now
        _output!.Timeout = _milter.CommandTimeout;
        byte[] offer = new byte[12];
        BinaryPrimitives.WriteUInt32BigEndian(offer, (uint)_milter.Version);
        BinaryPrimitives.WriteUInt32BigEndian(offer.AsSpan(4), (uint)(_milter.Version < 6 ? (MilterActions)0x3F : MilterActions.All));
        BinaryPrimitives.WriteUInt32BigEndian(offer.AsSpan(8), (uint)OptionsOf(_milter.Version));
        WritePacket((byte)'O', offer);
        try
        {
            await _output.FlushAsync(stop);
            (string? problem, uint length) = await ReadHeadAsync("SMFIC_OPTNEG", stop);
            if (problem is null && _input.Available[4] != 'O')
            {
                Fail($"milter {_milter.Name}: unexpected reply \"{Printable.Neutralize(((char)_input.Available[4]).ToString())}\" in initial handshake");
                return false;
            }

            if (problem is null && length > MilterProtocol.MaxPacket)
            {
                problem = Unreasonable(length);
            }

            if (problem is not null || !await _input.EnsureAsync((int)length + 4, stop))
            {
                FailHandshake(problem ?? $"milter {_milter.Name}: can't read SMFIC_OPTNEG reply data: {Lost}");
                return false;
            }

            problem = TakeOptions(_input.Available.Slice(5, (int)length - 1), out bool isHandshake);
            _input.Consume((int)length + 4);
            if (problem is not null && isHandshake)
            {
                FailHandshake(problem);
            }
            else if (problem is not null)
            {
                Fail(problem);
            }

            return problem is null;
        }
        catch (Exception error) when (error is IOException or TimeoutException or InvalidDataException)
        {
            FailHandshake($"milter {_milter.Name}: can't read SMFIC_OPTNEG reply packet header: {Reason(error)}");
            return false;
        }
    }

    private static MilterOptions OptionsOf(int version) => version switch
    {
        2 => (MilterOptions)0x7F,
        3 => (MilterOptions)0x1FF,
        4 => (MilterOptions)0x3FF,
        _ => MilterOptions.All,
    };

    private string? TakeOptions(ReadOnlySpan<byte> data, out bool isHandshake)
    {
        isHandshake = true;
        if (data.Length < 12)
        {
            return $"milter {_milter.Name}: input packet too short for network long";
        }

        isHandshake = false;
        uint version = BinaryPrimitives.ReadUInt32BigEndian(data);
        uint actions = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        _options = (MilterOptions)BinaryPrimitives.ReadUInt32BigEndian(data[8..]);
        if (version > _milter.Version)
        {
            return $"milter {_milter.Name}: protocol version {version} conflict with MTA protocol version {_milter.Version}";
        }

        if ((actions & ~(uint)MilterActions.All) != 0)
        {
            return $"milter {_milter.Name}: request mask 0x{actions:x} conflict with MTA request mask 0x{(uint)MilterActions.All:x}";
        }

        Version = (int)version;
        Actions = (MilterActions)actions;
        _unknown = MilterProtocol.UnknownTo(Version);
        isHandshake = true;
        return TakeMacroLists(data[12..]);
    }

    // RFC-less libmilter: stage number and list of names, repeated.
    private string? TakeMacroLists(ReadOnlySpan<byte> data)
    {
        string?[]? lists = null;
        while (!data.IsEmpty)
        {
            int end = data.Length < 5 ? -1 : data[4..].IndexOf((byte)0);
            if (end < 0)
            {
                return $"milter {_milter.Name}: missing string null terminator in macro list";
            }

            MilterMacroSet? set = BinaryPrimitives.ReadUInt32BigEndian(data) switch
            {
                0 => MilterMacroSet.Connect,
                1 => MilterMacroSet.Helo,
                2 => MilterMacroSet.Mail,
                3 => MilterMacroSet.Rcpt,
                4 => MilterMacroSet.Data,
                5 => MilterMacroSet.EndOfMessage,
                6 => MilterMacroSet.EndOfHeader,
                _ => null,
            };
            if (set is null)
            {
                return $"milter {_milter.Name}: ignoring unknown macro type {BinaryPrimitives.ReadUInt32BigEndian(data)}";
            }

            lists ??= new string?[MilterMacros.Sets];
            lists[(int)set.Value] = ByteString.FromBytes(data.Slice(4, end));
            data = data[(end + 5)..];
        }

        UseOwnMacros(lists);
        return null;
    }

    private void UseOwnMacros(string?[]? lists)
    {
        OwnMacros = lists;
        if (lists is not null)
        {
            string[] texts = new string[MilterMacros.Sets];
            for (int i = 0; i < texts.Length; i++)
            {
                texts[i] = lists[i] is { Length: > 0 } own ? own : _macros.Text((MilterMacroSet)i);
            }

            _macros = new MilterMacros(texts, _macros.Defaults);
        }
    }

    private async ValueTask<MilterVerdict> ReadVerdictAsync(MilterEvent what, List<MilterEdit>? edits, MilterBodySink? body, CancellationToken stop)
    {
        int editBytes = 0;
        bool bodySeen = false;
        bool bodyOver = false;
        try
        {
            while (true)
            {
                (string? problem, uint length) = await ReadHeadAsync(MilterProtocol.Name(what), stop);
                if (problem is not null)
                {
                    return Fail(problem);
                }

                char letter = (char)_input!.Available[4]; // attached while active
                if (letter == 'b' && body is not null)
                {
                    if (bodyOver)
                    {
                        return Misbehaves("body replacement requests can't currently be mixed with other requests");
                    }

                    bodySeen = true;
                    if (!await PassBodyAsync(length - 1, body, stop))
                    {
                        return Fail($"milter {_milter.Name}: EOF while reading data: {Lost}");
                    }

                    continue;
                }

                if (length > MilterProtocol.MaxPacket)
                {
                    return Fail(Unreasonable(length));
                }

                if (!await _input.EnsureAsync((int)length + 4, stop))
                {
                    return Fail($"milter {_milter.Name}: can't read {MilterProtocol.Name(what)} reply data: {Lost}");
                }

                ReadOnlyMemory<byte> data = _input.AvailableMemory.Slice(5, (int)length - 1);
                if (letter == 'p')
                {
                    _input.Consume((int)length + 4);
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
                    _input.Consume((int)length + 4);
                    continue;
                }

                MilterVerdict verdict = Judge(what, letter, data.Span);
                _input?.Consume((int)length + 4);
                return verdict;
            }
        }
        catch (Exception error) when (error is IOException or TimeoutException or InvalidDataException)
        {
            return Fail($"milter {_milter.Name}: can't read {MilterProtocol.Name(what)} reply packet header: {Reason(error)}");
        }
    }

    // The letters that end an exchange.
    private MilterVerdict Judge(MilterEvent what, char letter, ReadOnlySpan<byte> data)
    {
        bool isSession = what is MilterEvent.Connect or MilterEvent.Helo;
        switch (letter)
        {
            case 'c':
                return MilterVerdict.Continue;
            case 's':
                _skipped = what;
                return MilterVerdict.Continue;
            case 'a':
                _state = isSession ? MilterState.SessionDone : what == MilterEvent.Unknown ? _state : MilterState.MessageDone;
                return MilterVerdict.Continue;
            case 'd' when isSession:
                Log.Warn($"milter {_milter.Name}: DISCARD action is not allowed for connect or helo");
                return MilterVerdict.Continue;
            case 'd':
                _state = what == MilterEvent.Unknown ? _state : MilterState.MessageDone;
                return MilterVerdict.Discard;
            case 'r':
                return Refuse(isSession, "550 5.7.1 Command rejected");
            case 't':
                return Refuse(isSession, "451 4.7.1 Service unavailable - try again later");
            case '4':
                return Refuse(isSession: true, "421 4.7.0 Server closing connection");
            case 'y':
                return TryParseReply(data, out string reply) ? Refuse(isSession, reply) : Misbehaves($"malformed reply: {Printable.Neutralize(reply)}");
            default:
                return Fail($"milter {_milter.Name}: unexpected filter response {MilterProtocol.ReplyName(letter)} after event {MilterProtocol.Name(what)}");
        }
    }

    private MilterVerdict Refuse(bool isSession, string reply)
    {
        MilterVerdict verdict = MilterVerdict.Reply(reply);
        if (isSession)
        {
            _state = MilterState.Standing;
            _standing = verdict;
        }

        return verdict;
    }

    // A 4xx or 5xx reply, its lines separated by CRLF, all with one code. "%%" stands for "%" (libmilter).
    private static bool TryParseReply(ReadOnlySpan<byte> data, out string reply)
    {
        int end = data.IndexOf((byte)0);
        string text = ByteString.FromBytes(end < 0 ? data : data[..end]);
        reply = text;
        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && (i + 1 >= text.Length || text[i + 1] != '%'))
            {
                continue;
            }

            i += text[i] == '%' ? 1 : 0;
            plain.Append(text[i]);
        }

        text = plain.ToString();
        string[] lines = text.Split('\n');
        if (lines.Length > 64)
        {
            return false;
        }

        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i] = lines[i].TrimEnd('\r');
            bool isLast = i == lines.Length - 1;
            if (line.Length < 4 || line[0] is not ('4' or '5') || !Ascii.IsDigit(line[1]) || !Ascii.IsDigit(line[2])
                || line[3] != (isLast ? ' ' : '-') || !line.AsSpan(0, 3).SequenceEqual(lines[0].AsSpan(0, 3)))
            {
                return false;
            }
        }

        reply = string.Join("\r\n", lines);
        return true;
    }

    private async ValueTask<(string? Problem, uint Length)> ReadHeadAsync(string what, CancellationToken stop)
    {
        // A filter that sends a byte now and then does not hold a session for ever.
        _input!.Deadline = Environment.TickCount64 + (long)_input.Timeout.TotalMilliseconds; // attached while active
        if (!await _input.EnsureAsync(4, stop))
        {
            return ($"milter {_milter.Name}: can't read {what} reply packet header: {Lost}", 0);
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(_input.Available);
        if (length > MilterProtocol.MaxLength)
        {
            return (Unreasonable(length), 0);
        }

        if (length == 0)
        {
            return ($"milter {_milter.Name}: bad packet length: 0", 0);
        }

        return await _input.EnsureAsync(5, stop)
            ? (null, length)
            : ($"milter {_milter.Name}: can't read {what} reply packet header: {Lost}", 0);
    }

    private async ValueTask<bool> PassBodyAsync(uint left, MilterBodySink body, CancellationToken stop)
    {
        _input!.Consume(5); // attached while active
        _input.Reserve(16 << 10);

        // An empty piece is an empty body, not none.
        body(default);
        while (left > 0)
        {
            if (_input.Available.IsEmpty && !await _input.FillAsync(stop))
            {
                return false;
            }

            int count = (int)Math.Min(left, (uint)_input.Available.Length);
            body(_input.Available[..count]);
            _input.Consume(count);
            left -= (uint)count;
        }

        return true;
    }

    private string Unreasonable(uint length) =>
        $"milter {_milter.Name}: unreasonable packet length: {length} > {(length > MilterProtocol.MaxLength ? MilterProtocol.MaxLength : MilterProtocol.MaxPacket)}";

    // Postfix's word for a peer that closes.
    private const string Lost = "Application error";

    private static string Reason(Exception error) => error is TimeoutException ? Errno.Text(Errno.ETIMEDOUT) : error is InvalidDataException ? "too much data" : error.Message;

    private void FailHandshake(string problem)
    {
        Log.Warn(Printable.Neutralize(problem));
        Fail($"milter {_milter.Name}: read error in initial handshake");
    }

    private MilterVerdict Fail(string problem)
    {
        Log.Warn(Printable.Neutralize(problem));
        Dispose();
        (_state, _standing) = _milter.DefaultAction switch
        {
            MilterDefaultAction.Accept => (MilterState.SessionDone, MilterVerdict.Continue),
            MilterDefaultAction.Reject => (MilterState.Standing, MilterVerdict.Reply("550 5.5.0 Service unavailable")),
            MilterDefaultAction.Quarantine => (MilterState.Standing, MilterVerdict.Hold),
            MilterDefaultAction.Shutdown => (MilterState.Standing, MilterVerdict.Reply("421 4.7.1 Service unavailable - try again later")),
            MilterDefaultAction.Tempfail => (MilterState.Standing, MilterVerdict.Reply("451 4.7.1 Service unavailable - try again later")),
        };
        return _standing;
    }

    // What only a wrong set-up explains: not a matter of the default action.
    private MilterVerdict Misbehaves(string problem)
    {
        Log.Warn($"milter {_milter.Name}: {problem}");
        Dispose();
        _state = MilterState.Standing;
        _standing = MilterVerdict.Reply("451 4.3.5 Server configuration problem - try again later");
        return _standing;
    }

    private void WriteMacros(byte letter, MilterMacroSet set, MilterMacroLookup lookup)
    {
        var text = new StringBuilder();
        foreach (string name in _macros.Names(set))
        {
            if (_macros.Value(name, lookup) is { } value)
            {
                text.Append(name).Append('\0').Append(value.Replace('\0', '?')).Append('\0');
            }
        }

        Span<byte> target = _output!.GetSpan(6 + text.Length); // attached while active
        BinaryPrimitives.WriteUInt32BigEndian(target, (uint)text.Length + 2);
        target[4] = (byte)'D';
        target[5] = letter;
        ByteString.CopyTo(text.ToString(), target[6..]);
        _output.Advance(6 + text.Length);
    }

    private void WritePacket(byte letter, ReadOnlySpan<byte> data)
    {
        Span<byte> target = _output!.GetSpan(5 + data.Length); // attached while active
        BinaryPrimitives.WriteUInt32BigEndian(target, (uint)data.Length + 1);
        target[4] = letter;
        data.CopyTo(target[5..]);
        _output.Advance(5 + data.Length);
    }
}
