using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Text;
using NLog;

namespace Mta.Cleanup;

/// <summary>Every line this daemon logs.</summary>
internal static class LogLines
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public static void MessageId(QueueId id, string value, bool resent) =>
        Log.Info($"{id}: {(resent ? "resent-message-id" : "message-id")}={Shown(value)}");

    public static void Check(QueueId id, string action, string where, string text, string origin, string tail, string optional) =>
        Log.Info($"{id}: {action}: {where} {Shown(Cut(text, 200))} from {Shown(origin)};{Shown(tail)}{Shown(optional)}");

    public static void MimeError(QueueId id, string what, string text, string origin, string tail) =>
        Log.Info($"{id}: reject: mime-error {what}: {Shown(Cut(text, 100))} from {Shown(origin)};{Shown(tail)}");

    public static void Milter(Message message, string action, string stage, string text, string origin) =>
        Log.Info($"{message.Id}: {action}: {stage} from {Shown(origin)}: {Shown(text)};{Shown(message.LogTail())}");

    public static void Warning(string text) => Log.Warn(Shown(text));

    public static void Rejected(QueueId id, string why) => Log.Warn($"{id}: message rejected: {why}");

    public static void Warning(QueueId id, string text) => Log.Warn($"{id}: {Shown(text)}");

    /// <summary>An ESMTP parameter that a filter gave with a recipient.</summary>
    public static void BadParameter(QueueId id, string word)
    {
        if (Ascii.StartsWithIgnoreCase(word, "NOTIFY="))
        {
            string value = word["NOTIFY=".Length..];
            string? unknown = Array.Find(value.Split(','), static one => !DsnParameters.IsNotifyWord(one));
            if (unknown is not null)
            {
                Warning($"unknown DSN NOTIFY command value \"{unknown}\" in \"{value}\"");
            }

            Warning(id, $"Bad NOTIFY parameter from Milter or header/body_checks: \"{word}\"");
        }
        else if (Ascii.StartsWithIgnoreCase(word, "ORCPT="))
        {
            Warning(id, $"Bad ORCPT parameter from Milter or header/body_checks: \"{word}\"");
        }
        else
        {
            Warning(id, $"ignoring ESMTP argument from Milter or header/body_checks: \"{word}\"");
        }
    }

    /// <summary>A mistake in a table, which is not the message's.</summary>
    public static void TableMistake(string text) => Log.Warn(Shown(text));

    /// <summary>A recipient of a message that cleanup itself returns: all of its delay was before any queue.</summary>
    public static void Bounced(QueueId id, DeliveryRecipient recipient, string delay, Dsn dsn) => Status(id, recipient, delay, dsn, "bounced");

    private static void Status(QueueId id, DeliveryRecipient recipient, string delay, Dsn dsn, string status)
    {
        bool renamed = recipient.OriginalRecipient.Length > 0 && !Ascii.EqualsIgnoreCase(recipient.OriginalRecipient, recipient.Address);
        string original = renamed ? $", orig_to={AddressSyntax.Bracketed(recipient.OriginalRecipient)}" : "";
        Log.Info(Shown($"{id}: to={AddressSyntax.Bracketed(recipient.Address)}{original}, relay=none, delay={delay}, delays={delay}/0/0/0, dsn={dsn.Status}, status={status} ({dsn.Reason})"));
    }

    public static void TooLarge(QueueId id) => Log.Warn($"{id}: queue file size limit exceeded");

    public static void WriteFailed(QueueId id, string why) => Log.Warn($"{id}: write queue file: {why}");

    public static void CannotCreate(string why) => Log.Warn($"create queue file: {why}");

    public static void SpuriousLog(QueueId id, string queue) => Log.Warn($"{id}: removed spurious {queue} log");

    public static void LookupProblem(QueueId id, string title) =>
        Log.Warn($"{id}: {title} map lookup problem -- message not accepted, try again later");

    public static void LookupProblem(QueueId id, string title, string address) =>
        Log.Warn($"{id}: {title} map lookup problem for {Shown(address)} -- message not accepted, try again later");

    public static void StrippedComments(string text) => Log.Warn($"stripping too many comments from address: {Shown(Cut(text, 100))}...");

    /// <summary>A verification probe that cleanup itself answers.</summary>
    public static void Deliverable(QueueId id, DeliveryRecipient recipient, string delay, Dsn dsn) => Status(id, recipient, delay, dsn, "deliverable");

    public static void Lost(QueueId id, string why) => Log.Warn($"{id}: client connection: {Shown(why)}");

    private static string Shown(string text) => Printable.Neutralize(text, allowUtf8: true);

    private static string Cut(string text, int limit) => text.Length > limit ? text[..limit] : text;
}
