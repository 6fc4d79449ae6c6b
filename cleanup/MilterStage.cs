using System.Buffers;
using System.Net;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Milter;
using Mta.Text;

namespace Mta.Cleanup;

/// <summary>
/// The filters of one message: those that smtpd handed over, or for mail that came otherwise those of
/// <c>non_smtpd_milters</c>, told of a session that never was. At the end of the message each one is shown the queue
/// file as those before it have left it, and what it asks for is done when it has spoken its last word: a filter that
/// fails on the way has changed nothing.
/// </summary>
internal sealed class MilterStage : IDisposable
{
    private const int WindowSize = 64 << 10;

    private readonly Message _message;
    private readonly Dictionary<string, string> _attributes = new(StringComparer.Ordinal);
    private MilterSession? _session;
    private string? _macroRecipient;
    private string _event = "CONNECT";
    private bool _hasTransaction;

    /// <param name="isEmulated">Nobody hands filters over: <c>non_smtpd_milters</c> are asked.</param>
    public MilterStage(Message message, bool isEmulated)
    {
        _message = message;
        Slots = new MilterSlots(message);
        IsEmulated = isEmulated;
    }

    public MilterSlots Slots { get; }

    public bool IsEmulated { get; }

    /// <summary>Set by the envelope: who rewrites and adds what the filters ask for.</summary>
    public RecipientStage? Recipients { get; set; }

    private bool IsWanted => _message.MayWrite && _message.Status == CleanupStatus.Ok && (_message.Flags & CleanupFlags.Milter) != 0;

    /// <summary>Takes over what smtpd hands over.</summary>
    public void Adopt(MilterSession session)
    {
        _session?.Dispose();
        _session = session;
        _hasTransaction = true;
    }

    public string? Value(string name) => name switch
    {
        "i" => _message.Id.Value,
        "j" => _message.Settings.MyHostname,
        "v" => _message.Context.Milters.Version,
        "daemon_name" => _message.Context.Milters.DaemonName,
        "daemon_addr" => _attributes.GetValueOrDefault("server_address") ?? (IsEmulated ? "127.0.0.1" : null),
        "daemon_port" => _attributes.GetValueOrDefault("server_port"),
        "_" => $"{ClientName} [{ClientAddress}]",
        "client_addr" => ClientAddress,
        "client_name" => ClientName,
        "client_port" => _attributes.GetValueOrDefault("client_port") ?? (IsEmulated ? "0" : null),
        "client_ptr" => _attributes.GetValueOrDefault("reverse_client_name") ?? (IsEmulated ? "localhost" : null),
        "mail_addr" => _message.Sender is { } sender ? AddressSyntax.ToExternal(sender) : null,
        "rcpt_addr" => _macroRecipient,
        "auth_type" => _attributes.GetValueOrDefault("sasl_method"),
        "auth_authen" => _attributes.GetValueOrDefault("sasl_username"),
        "auth_author" => _attributes.GetValueOrDefault("sasl_sender"),
        _ => null,
    };

    private string ClientName => _attributes.GetValueOrDefault("client_name") ?? "localhost";

    private string ClientAddress => _attributes.GetValueOrDefault("client_address") ?? "127.0.0.1";

    /// <summary>An attribute of the envelope that a macro may want.</summary>
    public void TakeAttribute(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (_attributes.Count < 100)
        {
            _attributes[ByteString.FromBytes(name)] = ByteString.FromBytes(value);
        }
    }

    /// <summary>The sender is known: an emulated session begins.</summary>
    public async ValueTask SenderAsync(string sender, CancellationToken stop)
    {
        if (!IsEmulated || !IsWanted)
        {
            return;
        }

        CleanupMilters milters = _message.Context.Milters;
        _session = new MilterSession(milters.Definitions, milters.Macros, Value);
        IPAddress.TryParse(ClientAddress, out IPAddress? address);
        _event = "CONNECT";
        Act(await _session.ConnectAsync(ClientName, address ?? IPAddress.Loopback, 0, stop));
        if (IsWanted)
        {
            _event = "EHLO";
            Act(await _session.HeloAsync(_attributes.GetValueOrDefault("helo_name") ?? ClientName, stop));
        }

        if (IsWanted)
        {
            _event = "MAIL";
            _hasTransaction = true;
            Act(await _session.MailAsync([sender.Length > 0 ? AddressSyntax.ToExternal(sender) : ""], stop));
        }
    }

    /// <summary>A recipient of the client's, internal form.</summary>
    public async ValueTask RecipientAsync(string recipient, CancellationToken stop)
    {
        if (!IsEmulated || _session is null || !IsWanted)
        {
            return;
        }

        _event = "RCPT";
        _macroRecipient = AddressSyntax.ToExternal(recipient);
        MilterVerdict verdict = await _session.RcptAsync([_macroRecipient], stop);
        _macroRecipient = null;
        if (verdict.Kind == MilterVerdictKind.Reply)
        {
            // There is no one who could be told that one recipient of several is refused.
            LogLines.Warning(_message.Id, $"milter configuration error: can't reject recipient in non-smtpd(8) submission");
            _message.Recipient = recipient;
            Act(verdict);
            LogLines.Warning(_message.Id, "message not accepted, try again later");
            _message.FailFor(CleanupStatus.Defer, "4.3.5 Server configuration error");
            return;
        }

        Act(verdict);
    }

    /// <summary>The message is complete in the queue file.</summary>
    public async ValueTask InspectAsync(CancellationToken stop)
    {
        if (_session is null || !IsWanted)
        {
            return;
        }

        if (IsEmulated)
        {
            _event = "DATA";
            Act(await _session.DataAsync(stop));
        }

        if (IsWanted)
        {
            _event = "END-OF-MESSAGE";
            Act(await _session.InspectAsync(InspectAsync, stop));
        }
    }

    /// <summary>Lets the filters go: an emulated session ends, one handed over lives on in smtpd.</summary>
    public async ValueTask EndAsync(CancellationToken stop)
    {
        if (_session is not null && IsEmulated)
        {
            if (_hasTransaction)
            {
                await _session.AbortAsync(stop);
            }

            await _session.QuitAsync(stop);
        }

        Dispose();
    }

    public void Dispose() => _session?.Dispose();

    private async ValueTask<MilterVerdict> InspectAsync(MilterInspection milter, CancellationToken stop)
    {
        MilterVerdict verdict = await ShowAsync(milter, stop);
        if (!verdict.IsContinue || !milter.IsActive)
        {
            return verdict;
        }

        List<MilterEdit> edits = [];
        var changes = new MilterChanges(_message, this);
        (verdict, bool isValid) = await milter.EndAsync(edits, changes.Body, stop);
        if (isValid)
        {
            await changes.ApplyAsync(edits, stop);
        }

        return verdict.IsContinue && changes.IsHeld ? MilterVerdict.Hold : verdict;
    }

    private async ValueTask<MilterVerdict> ShowAsync(MilterInspection milter, CancellationToken stop)
    {
        _message.File.Flush();
        using var reader = new RecordFileReader(_message.File.File, _message.DataOffset, windowSize: WindowSize);
        var headers = new QueueHeaders(reader);
        bool isOwn = true;
        while (headers.ReadNext())
        {
            // The trace field of this server is not shown.
            if (isOwn && Ascii.EqualsIgnoreCase(headers.Name, "Received"u8))
            {
                isOwn = false;
                continue;
            }

            MilterVerdict answer = await milter.HeaderAsync(ByteString.FromBytes(headers.Name), ByteString.FromBytes(headers.Value), stop);
            if (!answer.IsContinue || !milter.IsActive)
            {
                return answer;
            }
        }

        MilterVerdict verdict = await milter.EndOfHeaderAsync(stop);
        return verdict.IsContinue && milter.IsActive ? await ShowBodyAsync(milter, reader, headers.BodyStart, stop) : verdict;
    }

    private static async ValueTask<MilterVerdict> ShowBodyAsync(MilterInspection milter, RecordFileReader reader, long start, CancellationToken stop)
    {
        reader.Seek(start);
        byte[] chunk = ArrayPool<byte>.Shared.Rent(2 * MilterInspection.MaxChunk);
        int count = 0;
        try
        {
            bool more = true;
            while (more)
            {
                more = Gather(reader, ref chunk, ref count);
                int sent = 0;
                while (count - sent >= MilterInspection.MaxChunk || (!more && count > sent))
                {
                    int length = Math.Min(count - sent, MilterInspection.MaxChunk);
                    MilterVerdict verdict = await milter.BodyAsync(chunk.AsMemory(sent, length), stop);
                    if (!verdict.IsContinue || !milter.IsActive)
                    {
                        return verdict;
                    }

                    sent += length;
                }

                chunk.AsSpan(sent, count - sent).CopyTo(chunk);
                count -= sent;
            }

            return MilterVerdict.Continue;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    // Reads records until there is a chunk; false at the end of the content.
    private static bool Gather(RecordFileReader reader, ref byte[] chunk, ref int count)
    {
        while (count < MilterInspection.MaxChunk)
        {
            if (reader.Read(out RecordType type, out ReadOnlySpan<byte> data) != RecordRead.Record || type is not (RecordType.Text or RecordType.ContinuedText))
            {
                return false;
            }

            if (count + data.Length + 2 > chunk.Length)
            {
                byte[] larger = ArrayPool<byte>.Shared.Rent(count + data.Length + 2);
                chunk.AsSpan(0, count).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(chunk);
                chunk = larger;
            }

            data.CopyTo(chunk.AsSpan(count));
            count += data.Length;
            if (type == RecordType.Text)
            {
                "\r\n"u8.CopyTo(chunk.AsSpan(count));
                count += 2;
            }
        }

        return true;
    }

    private void Act(MilterVerdict verdict)
    {
        switch (verdict.Kind)
        {
            case MilterVerdictKind.Continue:
                return;
            case MilterVerdictKind.Reply:
                // The reply is whole for a client that can pass it on; the log and the rest get it without its code.
                string text = verdict.Text.Length > 4 ? verdict.Text[4..] : verdict.Text;
                LogLines.Milter(_message, "milter-reject", _event, text, Origin);
                _message.Fail(
                    verdict.Text[0] == '4' ? CleanupStatus.Defer : CleanupStatus.Content,
                    (_message.Flags & CleanupFlags.SmtpReply) != 0 ? verdict.Text : text.Replace("\r\n", " ", StringComparison.Ordinal));
                return;
            case MilterVerdictKind.Discard:
                LogLines.Milter(_message, "milter-discard", _event, verdict.Text, Origin);
                _message.AddFlags(CleanupFlags.Discard);
                return;
            case MilterVerdictKind.Hold:
                if ((_message.Flags & CleanupFlags.Hold) == 0)
                {
                    LogLines.Milter(_message, "milter-hold", _event, verdict.Text, Origin);
                    _message.AddFlags(CleanupFlags.Hold);
                }

                return;
        }
    }

    /// <summary>Where the message came from, for log lines.</summary>
    public string Origin => IsEmulated || _message.Origin.Length == 0 ? $"{ClientName}[{ClientAddress}]" : _message.Origin;
}
