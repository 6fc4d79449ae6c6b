using System.Text;
using Mta.Mail.Addresses;
using Mta.Text;
using NLog;

namespace Mta.Smtpd;

/// <summary>Every line this daemon logs.</summary>
internal static class LogLines
{
    private const int EscapedLimit = 100;
    private static readonly Logger Log = LogManager.GetLogger("smtpd");

    public static void Warning(string text) => Log.Warn(text);

    /// <summary>A neighbour fails: what is said again and again in one session is logged once.</summary>
    public static void Trouble(Session session, string text)
    {
        if (session.SaysFirst(text))
        {
            Log.Warn(text);
        }
    }

    public static void Info(string text) => Log.Info(text);

    public static void Connect(Session session) => Log.Info($"connect from {session.NameAndAddress}");

    public static void Disconnect(Session session)
    {
        var line = new StringBuilder("disconnect from ").Append(session.NameAndAddress);
        session.Statistics.AppendTo(line);
        if (session.SawBareNewline)
        {
            line.Append(" notes=bare_lf");
        }

        Log.Info(line.ToString());
    }

    public static void LostConnection(Session session, string stage) => Log.Info($"lost connection after {stage} from {session.NameAndAddress}");

    public static void Timeout(Session session, string stage) => Log.Info($"timeout after {stage} from {session.NameAndAddress}");

    public static void TooManyErrors(Session session) => Log.Info($"too many errors after {session.Stage} from {session.NameAndAddress}");

    public static void LocalDataError(Session session) =>
        Log.Info($"{session.QueueId}: reject: {session.Stage} from {session.NameAndAddress}: 421 4.3.0 {session.Settings.HostName} Server local data error");

    public static void NewMessage(Session session, MailTransaction transaction, string queueId)
    {
        var line = new StringBuilder($"{queueId}: client={session.NameAndAddress}");
        if (session.Login is { } login)
        {
            line.Append(", sasl_method=").Append(login.Method).Append(", sasl_username=").Append(login.UserName);
        }

        if (transaction.HasSaslSender)
        {
            line.Append(", sasl_sender=").Append(transaction.SaslSender);
        }

        if (session.Forwarded is { } forwarded)
        {
            if (forwarded.Identifier is not null)
            {
                line.Append(", orig_queue_id=").Append(forwarded.Identifier);
            }

            line.Append(", orig_client=").Append(forwarded.NameAndAddress);
        }

        Log.Info(line.ToString());
    }

    public static void RequestTooLong(Session session, int limit, string start) =>
        Log.Warn($"{session.NameAndAddress}: request longer than {limit}: {Printable.Neutralize(start)}...");

    public static void CommandReplaced(Session session, string old, string replacement) =>
        Log.Info($"{session.NameAndAddress}: replacing command \"{Cut(old)}\" with \"{Cut(replacement)}\"");

    public static void DiscardingKeywords(EhloKeywords keywords) => Log.Info($"discarding EHLO keywords: {keywords}");

    public static void ImproperPipelining(Session session, ReadOnlySpan<byte> data) =>
        Log.Info($"improper command pipelining after {session.Stage} from {session.NameAndAddress}: {CEscape.Quote(ByteString.FromBytes(data[..Math.Min(data.Length, EscapedLimit)]))}");

    public static void NonSmtpCommand(Session session, string line) => Log.Warn($"non-SMTP command from {session.NameAndAddress}: {CEscape.Quote(Cut(line))}");

    public static void IllegalAddress(Session session, string command, string text) =>
        Log.Warn($"Illegal address syntax from {session.NameAndAddress} in {command} command: {Printable.Neutralize(text, allowUtf8: true)}");

    public static void RateLimit(Session session, string what, int count) =>
        Log.Warn($"{what} limit exceeded: {count} from {session.NameAndAddress} for service {session.Server.ServiceName}");

    public static void UnknownNotify(string word, string list) =>
        Log.Warn($"unknown DSN NOTIFY command value \"{Printable.Neutralize(word)}\" in \"{Printable.Neutralize(list)}\"");

    public static void NotEnoughSpace(long free) => Log.Warn($"not enough free space in mail queue: {free} bytes < 1.5*message size limit");

    public static void SizeLimitExceeded(string queueId) => Log.Warn($"{queueId}: queue file size limit exceeded");

    public static void MalformedBdat(Session session, string line) =>
        Log.Warn($"{session.QueueId}: malformed BDAT command syntax from {session.NameAndAddress}: {Printable.Neutralize(Cut(line))}");

    // What a client proves itself with stays out of the log.
    public static void Heard(Session session, string line) =>
        Log.Info($"< {session.NameAndAddress}: {(line.StartsWith("AUTH ", StringComparison.OrdinalIgnoreCase) ? "AUTH ..." : Printable.Neutralize(line, allowUtf8: true))}");

    public static void Said(Session session, string reply)
    {
        string[] lines = reply.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = i + 1 < lines.Length && lines[i].Length > 3 ? $"{lines[i][..3]}-{lines[i][4..]}" : lines[i];
            Log.Info($"> {session.NameAndAddress}: {Printable.Neutralize(line, allowUtf8: true)}");
        }
    }

    public static void NullBdat(Session session) => Log.Warn($"{session.QueueId}: null BDAT request from {session.NameAndAddress}");

    public static void BdatTooBig(Session session) => Log.Warn($"{session.QueueId}: BDAT request from {session.NameAndAddress} exceeds message size limit");

    public static void TooMuchBdat(Session session) =>
        Log.Warn($"{session.QueueId}: too much BDAT content -- disabling further input from {session.NameAndAddress}");

    public static void QueueServiceLost(Session session, string problem) => Log.Warn($"{session.QueueId}: {Printable.Neutralize(problem)}");

    public static void UnknownRestriction(string name) => Log.Warn($"unknown smtpd restriction: \"{Printable.Neutralize(name)}\"");

    /// <summary>What was decided about a client's request: <c>reject</c>, <c>hold</c>, <c>warn</c> and so on.</summary>
    /// <param name="text">Reply or reason, already printable.</param>
    public static void Verdict(Session session, string action, string text, string? recipient, bool withClient = true) =>
        Log.Info(withClient
            ? $"{session.QueueId}: {action}: {session.Stage} from {session.NameAndAddress}: {text};{Tail(session, recipient)}"
            : $"{action}: {session.Stage}: {text};{Tail(session, recipient)}");

    public static void Permit(Session session, string action, string about, string? recipient) =>
        Log.Info($"{session.QueueId}: permit: {session.Stage} from {session.NameAndAddress}: action={action} for {about};{Tail(session, recipient)}");

    private static string Tail(Session session, string? recipient)
    {
        var tail = new StringBuilder();
        bool external = session.Settings.LogExternalAddresses;
        if (session.Transaction is { } transaction)
        {
            tail.Append(" from=<").Append(external ? AddressSyntax.ToExternal(transaction.Sender) : transaction.Sender).Append('>');
        }

        if (recipient is not null)
        {
            tail.Append(" to=<").Append(external ? AddressSyntax.ToExternal(recipient) : recipient).Append('>');
        }

        if (session.Protocol.Length > 0)
        {
            tail.Append(" proto=").Append(session.Protocol);
        }

        if (session.HeloName is not null)
        {
            tail.Append(" helo=<").Append(session.HeloName).Append('>');
        }

        return tail.ToString();
    }

    private static string Cut(string text) => text.Length > EscapedLimit ? text[..EscapedLimit] : text;
}
