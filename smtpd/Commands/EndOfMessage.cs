using Mta.Mail.Protocols;
using Mta.Smtpd.Proxy;

namespace Mta.Smtpd.Commands;

/// <summary>What DATA and the last BDAT chunk have in common: the verdicts on a complete message and the reply.</summary>
internal static class EndOfMessage
{
    /// <param name="isBdat">The reply of BDAT tells the size.</param>
    public static async ValueTask<bool> FinishAsync(Session session, MailTransaction transaction, ContentDecoder decoder, bool isBdat, CancellationToken stop)
    {
        session.Stage = "END-OF-MESSAGE";
        transaction.ReceivedSize = decoder.Size;
        bool isRefusedForLineEnds = decoder.HasBareNewline && session.BareNewline == BareNewlineMode.Reject;
        session.SawBareNewline |= decoder.HasBareNewline && session.BareNewline == BareNewlineMode.Note;
        string? reply = null;
        if (!decoder.IsTooBig && !isRefusedForLineEnds && !transaction.IsQueueBroken && !session.IsStandalone)
        {
            reply = await session.Server.Checks.CheckEndOfDataAsync(session, stop);
        }

        bool isAccepted = false;
        if (reply is null && isRefusedForLineEnds)
        {
            reply = BareNewlineReply(session);
            LogLines.Verdict(session, "reject", "bare <LF> received", transaction.FirstRecipient);
        }
        else if (reply is null && decoder.IsTooBig)
        {
            LogLines.SizeLimitExceeded(session.QueueId);
            reply = "552 5.3.4 Error: message file too big";
        }
        else if (reply is null && transaction.Proxy is { } proxy)
        {
            reply = await FinishProxyAsync(session, transaction, proxy, stop);
            isAccepted = reply[0] == '2';
        }
        else if (reply is null)
        {
            string id = session.QueueId;
            CleanupResult result = await QueueSubmission.FinishAsync(session, transaction, stop);
            isAccepted = result.Status == CleanupStatus.Ok;
            reply = isAccepted
                ? isBdat ? $"250 2.0.0 Ok: {decoder.Size} bytes queued as {id}" : $"250 2.0.0 Ok: queued as {id}"
                : Reply(result);
        }

        if (isAccepted)
        {
            session.ErrorCount = 0;
            session.JunkCount = 0;
            session.Transcript?.Trim(session.Settings.HistoryFlushThreshold);
        }

        session.Reset();
        if (!session.IsBroken)
        {
            await session.ReplyAsync(reply, stop);
        }

        return isAccepted;
    }

    private static async ValueTask<string> FinishProxyAsync(Session session, MailTransaction transaction, ProxyTransaction proxy, CancellationToken stop)
    {
        if (transaction.IsQueueBroken)
        {
            return "451 4.3.0 Error: queue file write error";
        }

        try
        {
            string reply = await proxy.FinishAsync(session, stop);
            LogLines.Verdict(session, reply[0] == '2' ? "proxy-accept" : "proxy-reject", $"{reply.Replace('\n', ' ')}", transaction.FirstRecipient, withClient: false);
            return reply;
        }
        catch (ProxyException)
        {
            const string Failed = "451 4.3.0 Error: queue file write error";
            LogLines.Verdict(session, "proxy-reject", Failed, transaction.FirstRecipient, withClient: false);
            return Failed;
        }
    }

    public static string BareNewlineReply(Session session) =>
        $"{session.Settings.BareNewlineRejectCode} 5.5.2 {session.Settings.HostName} Error: bare <LF> received";

    /// <summary>The reply for a message that cleanup did not take.</summary>
    public static string Reply(CleanupResult result)
    {
        string reason = result.Reason.Replace("\r\n", "\n", StringComparison.Ordinal);
        if (reason.Length > 3 && reason[0] is '4' or '5' && Mta.Text.Ascii.IsDigit(reason[1]) && Mta.Text.Ascii.IsDigit(reason[2]) && reason[3] is ' ' or '-')
        {
            return reason;
        }

        CleanupStatus status = result.Status;
        if (status.HasFlag(CleanupStatus.Defer))
        {
            return reason.Length > 0 ? $"451 {reason}" : "451 4.7.1 Error: service unavailable";
        }

        if (status.HasFlag(CleanupStatus.Bad))
        {
            return $"451 4.3.0 Error: internal error {(int)status}";
        }

        if (status.HasFlag(CleanupStatus.Size))
        {
            return "552 5.3.4 Error: message file too big";
        }

        if (status.HasFlag(CleanupStatus.Hops))
        {
            return "554 5.4.0 Error: too many hops";
        }

        if (status.HasFlag(CleanupStatus.Content))
        {
            return reason.Length > 0 ? $"550 {reason}" : "550 5.7.1 Error: message content rejected";
        }

        if (status.HasFlag(CleanupStatus.Write))
        {
            return "451 4.3.0 Error: queue file write error";
        }

        if (status.HasFlag(CleanupStatus.NoRecipients))
        {
            return "550 5.1.0 Error: no recipients specified";
        }

        return status.HasFlag(CleanupStatus.NoPermission)
            ? "550 5.7.1 Error: service denied"
            : $"451 4.3.0 Error: internal error {(int)status}";
    }
}
