using Mta.Mail.Protocols;

namespace Mta.Smtp;

/// <summary>
/// One mail transaction on a session: MAIL, RCPT, DATA, content, end (RFC 5321 §3.3), pipelined where the server
/// allows it (RFC 2920). It leaves outcomes in the recipients and performs none of their consequences.
/// </summary>
internal sealed class MailTransaction
{
    // What may be unread on both sides when everybody waits: RFC 2920 §3.1 wants the client not to depend on the
    // server's buffers.
    private const int MaxUnacknowledged = 4096;

    private readonly SmtpSettings _settings;
    private readonly SmtpTables _tables;
    private readonly SmtpSession _session;
    private readonly Delivery.Delivery _delivery;
    private readonly IReadOnlyList<RecipientState> _recipients;
    private readonly Func<bool> _keepsSession;
    private readonly bool _converts;
    private readonly EnvelopeCommands _commands;
    private int _acknowledged;
    private bool _isMailSent;
    private Dsn? _mailFailure;
    private int _accepted;

    /// <param name="keepsSession">The session may serve another delivery afterwards: no QUIT. Asked when it would be sent.</param>
    /// <param name="converts">Eight-bit content becomes quoted-printable on its way.</param>
    public MailTransaction(SmtpSettings settings, SmtpTables tables, SmtpSession session, Delivery.Delivery delivery, IReadOnlyList<RecipientState> recipients, Func<bool> keepsSession, bool converts)
    {
        _settings = settings;
        _tables = tables;
        _session = session;
        _delivery = delivery;
        _recipients = recipients;
        _keepsSession = keepsSession;
        _converts = converts;
        _commands = new EnvelopeCommands(settings, session, delivery.Request, converts, tables.Sasl is { SendsDummyAuth: true });
    }

    /// <summary>QUIT was sent with the end of data.</summary>
    public bool HasQuit { get; private set; }

    public async ValueTask<TransactionResult> RunAsync(CancellationToken stop)
    {
        try
        {
            await Xforward.SendAsync(_settings, _session, _delivery.Request, stop);
            return await RunCommandsAsync(stop);
        }
        catch (Exception failure) when (SmtpSession.IsConnectionLoss(failure))
        {
            Dsn loss = _session.LossOf(failure);

            // A server that refuses and goes has said what there is to say.
            return _mailFailure is not null ? TransactionResult.Message(_mailFailure)
                : _recipients.All(static recipient => recipient.Outcome is not null) ? TransactionResult.Done
                : TransactionResult.Site(loss);
        }
    }

    private async ValueTask<TransactionResult> RunCommandsAsync(CancellationToken stop)
    {
        bool isPipelined = _session.Has(ServerFeatures.Pipelining);
        _commands.WriteMail(await _tables.Generic.MapAsync(_delivery.Request.Sender, stop));
        if (!isPipelined)
        {
            await SynchronizeAsync(0, stop);
        }

        for (int i = 0; i < _recipients.Count && _mailFailure is null; i++)
        {
            if (isPipelined && _session.Output.Pending + _recipients[i].Recipient.Address.Length + 64 > MaxUnacknowledged)
            {
                await SynchronizeAsync(i, stop);
                if (_mailFailure is not null)
                {
                    break;
                }
            }

            _commands.WriteRcpt(_recipients[i].Recipient, await _tables.Generic.MapAsync(_recipients[i].Recipient.Address, stop));
            if (!isPipelined)
            {
                await SynchronizeAsync(i + 1, stop);
            }
        }

        if (_mailFailure is not null)
        {
            await ResetAsync(stop);
            return TransactionResult.Message(_mailFailure);
        }

        bool endsAfterRcpt = _delivery.IsProbe && _settings.ProbesByRcpt;
        if (endsAfterRcpt || (_acknowledged == _recipients.Count && _accepted == 0))
        {
            await SynchronizeAsync(_recipients.Count, stop);
            await ResetAsync(stop);
            return _mailFailure is null ? TransactionResult.Done : TransactionResult.Message(_mailFailure);
        }

        return UsesChunks ? await SendChunksAsync(stop) : await SendDataAsync(stop);
    }

    private bool UsesChunks =>
        _settings.UsesChunking && _session.Has(ServerFeatures.Chunking) && !_delivery.IsProbe && !_session.DelaysEndOfData;

    // No command says that content may come: what the server thinks of the envelope is known before the first chunk.
    private async ValueTask<TransactionResult> SendChunksAsync(CancellationToken stop)
    {
        await SynchronizeAsync(_recipients.Count, stop);
        if (_mailFailure is not null || _accepted == 0)
        {
            await ResetAsync(stop);
            return _mailFailure is null ? TransactionResult.Done : TransactionResult.Message(_mailFailure);
        }

        using ChunkSender chunks = new(_settings, _session);
        TransactionResult? early = await SendContentAsync(chunks, stop);
        return early ?? await ReadFinalRepliesAsync(stop);
    }

    // Sends what is gathered and reads the replies to MAIL and to recipients before the given one.
    private async ValueTask SynchronizeAsync(int end, CancellationToken stop)
    {
        _session.Transcript?.Sends(_session.Output.PendingBytes);
        await _session.Output.FlushAsync(stop);
        if (!_isMailSent)
        {
            _isMailSent = true;
            _session.State = "sending MAIL FROM";
            _session.SetTimeout(_settings.MailTimeout);
            SmtpReply reply = await _session.ReadReplyAsync(stop);
            if (!reply.IsPositive)
            {
                _mailFailure = Said(reply, "MAIL FROM command");
            }
        }

        if (_acknowledged < end)
        {
            _session.State = "sending RCPT TO";
            _session.SetTimeout(_settings.RcptTimeout);
        }

        while (_acknowledged < end)
        {
            SmtpReply reply = await _session.ReadReplyAsync(stop);
            RecipientState recipient = _recipients[_acknowledged++];
            if (_mailFailure is null)
            {
                NoteRecipient(recipient, reply);
            }
        }
    }

    private void NoteRecipient(RecipientState recipient, SmtpReply reply)
    {
        if (!reply.IsPositive)
        {
            recipient.Outcome = Said(reply, "RCPT TO command");
        }
        else if (_delivery.IsProbe && _settings.ProbesByRcpt)
        {
            recipient.Outcome = _session.FailureOf(reply, reply.Status, reply.OneLine);
        }
        else
        {
            recipient.IsAccepted = true;
            _accepted++;
        }
    }

    private async ValueTask<TransactionResult> SendDataAsync(CancellationToken stop)
    {
        _session.Output.Write("DATA\r\n"u8);
        await SynchronizeAsync(_recipients.Count, stop);
        _session.State = "sending DATA command";
        _session.SetTimeout(_settings.DataInitTimeout);
        SmtpReply reply = await _session.ReadReplyAsync(stop);
        if (_mailFailure is not null || _accepted == 0)
        {
            await LeaveDataAsync(reply, stop);
            return _mailFailure is null ? TransactionResult.Done : TransactionResult.Message(_mailFailure);
        }

        if (!reply.IsIntermediate)
        {
            Dsn failure = Said(reply, "DATA command");
            await ResetAsync(stop);
            return TransactionResult.Message(failure);
        }

        if (_delivery.IsProbe)
        {
            // What the probe wanted to know is known; the session ends without a message.
            _session.IsBroken = true;
            SetAccepted(new Dsn("2.0.0", "", reply.OneLine, "smtp", reply.Text, "dns", _session.Server.Host));
            return TransactionResult.Done;
        }

        return await SendContentAsync(null, stop) ?? await ReadFinalRepliesAsync(stop);
    }

    // Nobody is left who wants the message, but the server may be waiting for it.
    private async ValueTask LeaveDataAsync(SmtpReply reply, CancellationToken stop)
    {
        if (reply.IsIntermediate && _delivery.IsProbe)
        {
            // As with recipients that were accepted: not even an empty message follows.
            _session.IsBroken = true;
            return;
        }

        if (reply.IsIntermediate)
        {
            _session.Output.Write(".\r\n"u8);
            _session.State = "sending end of data -- message may be sent more than once";
            _session.SetTimeout(_settings.DataDoneTimeout);
            if (_settings.IsLmtp)
            {
                // RFC 2033 §4.2: a reply for each recipient that was accepted, so for none there is nothing to wait for.
                _session.HasProtocolError = true;
                await _session.Output.FlushAsync(stop);
                return;
            }

            await _session.AskAsync(stop);
            if (!_keepsSession())
            {
                return;
            }
        }

        await ResetAsync(stop);
    }

    // Null when all was sent: the server's word is what counts then.
    private async ValueTask<TransactionResult?> SendContentAsync(ChunkSender? chunks, CancellationToken stop)
    {
        _session.State = "sending message body";
        _session.SetTimeout(_settings.DataTransferTimeout);
        try
        {
            MessageWriter writer = new(_settings, _tables, chunks?.Content ?? _session.Output, _delivery, _converts, chunks);
            bool isComplete = await writer.WriteAsync(stop);
            if (writer.Error is not null)
            {
                _session.IsBroken = true;
                return TransactionResult.Message(new Dsn("5.6.0", "", writer.Error));
            }

            if (chunks?.Refusal is { } refusal)
            {
                Dsn failure = Said(refusal, EndCommand(isChunked: true));
                await ResetAsync(stop);
                return TransactionResult.Message(failure);
            }

            if (!isComplete)
            {
                // Without the line that ends it, the server forgets what it has got.
                _session.IsBroken = true;
                _delivery.MarkCorrupt();
                return TransactionResult.Message(new Dsn("5.3.0", "", "unreadable mail queue entry"));
            }

            if (_session.DelaysEndOfData)
            {
                await _session.Output.FlushAsync(stop);
                await Task.Delay(_settings.PixDelayTime, stop);
            }

            if (chunks is not null)
            {
                await chunks.SendLastAsync(stop);
                return null;
            }

            _session.Output.Write(".\r\n"u8);
            _session.Transcript?.Sends("."u8);

            // RFC 2920 §3: a server that does not offer PIPELINING is not sent a command before it has answered the last one;
            // OpenSMTPD refuses the message otherwise.
            if (_session.Has(ServerFeatures.Pipelining) && !_keepsSession())
            {
                HasQuit = true;
                _session.Transcript?.Sends("QUIT"u8);
                _session.Output.Write("QUIT\r\n"u8);
            }

            await _session.Output.FlushAsync(stop);
        }
        catch (IOException failure) when (failure is not (Linux.LinuxException or LocalDataException))
        {
            return await ReadEarlyReplyAsync(failure, stop);
        }

        return null;
    }

    private static string EndCommand(bool isChunked) => isChunked ? "BDAT command" : "end of DATA command";

    // The server has closed while content was being sent: it may have said why.
    private async ValueTask<TransactionResult> ReadEarlyReplyAsync(Exception loss, CancellationToken stop)
    {
        _session.Output.Discard();
        _session.IsBroken = true;
        if (loss.InnerException is Linux.LinuxException { Errno: not (Linux.Errno.EPIPE or Linux.Errno.ECONNRESET) })
        {
            // Not closed by the server: it waits for content, and would say nothing until somebody's patience ends.
            return TransactionResult.Site(_session.LossOf(loss));
        }

        try
        {
            SmtpReply reply = await _session.ReadReplyAsync(stop);
            if (reply.Code >= 400 && !_settings.IsLmtp)
            {
                return TransactionResult.Message(Said(reply, EndCommand(UsesChunks)));
            }

            // RFC 2033 §4.2: one recipient's reply says nothing about the next one's.
            foreach (RecipientState recipient in _recipients.Where(static recipient => recipient.IsAccepted))
            {
                if (reply.Code < 400)
                {
                    break;
                }

                recipient.Outcome = Said(reply, EndCommand(UsesChunks));
                reply = await _session.ReadReplyAsync(stop);
            }
        }
        catch (Exception failure) when (SmtpSession.IsConnectionLoss(failure))
        {
            // Then the loss itself is the reason.
        }

        return TransactionResult.Site(_session.LossOf(loss));
    }

    private async ValueTask<TransactionResult> ReadFinalRepliesAsync(CancellationToken stop)
    {
        _session.State = "sending end of data -- message may be sent more than once";
        _session.SetTimeout(_settings.DataDoneTimeout);
        if (!_settings.IsLmtp)
        {
            SmtpReply reply = await _session.ReadReplyAsync(stop);
            if (!reply.IsPositive)
            {
                return TransactionResult.Message(Said(reply, EndCommand(UsesChunks)));
            }

            SetAccepted(SentAs(reply));
            return TransactionResult.Done;
        }

        // RFC 2033 §4.2: a reply for each recipient that was accepted, in their order.
        foreach (RecipientState recipient in _recipients)
        {
            if (recipient.IsAccepted)
            {
                SmtpReply reply = await _session.ReadReplyAsync(stop);
                recipient.Outcome = reply.IsPositive ? SentAs(reply) : Said(reply, EndCommand(UsesChunks));
            }
        }

        return TransactionResult.Done;
    }

    private Dsn SentAs(SmtpReply reply)
    {
        bool isFinal = (_settings.Flags.IsFinal || _settings.AssumesFinalDelivery) && !_session.Has(ServerFeatures.Dsn);
        return new Dsn(reply.Status, isFinal ? "delivered" : "relayed", reply.OneLine, "smtp", reply.Text, "dns", _session.Server.Host);
    }

    private void SetAccepted(Dsn outcome)
    {
        foreach (RecipientState recipient in _recipients)
        {
            if (recipient.IsAccepted)
            {
                recipient.Outcome = outcome;
            }
        }
    }

    /// <summary>A refusal in the server's words.</summary>
    private Dsn Said(SmtpReply reply, string command)
    {
        string status = reply.Status;
        string prefix = "";
        if (!status.StartsWith('4') && !status.StartsWith('5'))
        {
            // A yes where something else was wanted.
            status = "5.5.0";
            prefix = "Protocol error: ";
        }

        if (reply.Code is < 400 or > 599 or (>= 500 and <= 509) or 555)
        {
            _session.HasProtocolError = true;
        }

        return _session.FailureOf(reply, status, $"{prefix}host {_session.Server.Name} said: {reply.OneLine} (in reply to {command})");
    }

    // Says that the transaction is over, so that the server knows before it reads QUIT or the next MAIL.
    private async ValueTask ResetAsync(CancellationToken stop)
    {
        if (_session.IsBroken)
        {
            return;
        }

        try
        {
            _session.State = "sending final RSET";
            _session.SetTimeout(_settings.RsetTimeout);
            _session.Output.Write("RSET\r\n"u8);
            SmtpReply reply = await _session.AskAsync(stop);
            _session.HasProtocolError |= !reply.IsPositive;
        }
        catch (Exception failure) when (SmtpSession.IsConnectionLoss(failure))
        {
            _session.IsBroken = true;
        }
    }
}
