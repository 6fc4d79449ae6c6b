using Mta.Mail.Queue;
using Mta.Text;
using NLog;

namespace Mta.Bounce;

/// <summary>Every line the bounce daemon logs.</summary>
internal static class LogLines
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    /// <param name="kind"><c>sender non-delivery</c>, <c>postmaster delay</c>, ...</param>
    public static void Sent(string queueId, string kind, QueueId notice) => Log.Info($"{queueId}: {kind} notification: {notice}");

    public static void Failed(string queueId, string kind, string recipient, string why) =>
        Log.Warn($"{queueId}: {kind} notification failed to {Printable.Neutralize(recipient)}: {Printable.Neutralize(why)}");

    /// <param name="doing"><c>bouncing to</c> or <c>warning</c>.</param>
    public static void PostmasterFailed(string queueId, string doing, string sender) =>
        Log.Warn($"{queueId}: postmaster notice failed while {doing} {Printable.Neutralize(sender)}");

    public static void Discarded(string queueId) => Log.Warn($"{queueId}: undeliverable postmaster notification discarded");

    public static void NotTracing(string queueId, string kind) =>
        Log.Info($"{queueId}: not sending trace/success notification for {kind}-bounce message");

    public static void VerpOfNullSender() => Log.Warn("request to send VERP-style notification of bounced mail");

    public static void MalformedThreadId(string queueId) => Log.Warn($"{queueId}: ignoring malformed Message-ID");

    public static void UnknownLogName(string service, string queueId, string name) =>
        Log.Warn($"{service}/{queueId}: ignoring unknown attribute name: {Printable.Neutralize(name)}");

    /// <param name="why">From the reader of requests; a verb nobody knows is named without more words.</param>
    public static void BadRequest(string why) =>
        Log.Warn(why.StartsWith("unknown command", StringComparison.Ordinal) ? Printable.Neutralize(why) : $"malformed request: {Printable.Neutralize(why)}");

    public static void Malformed(string what) => Log.Warn($"malformed {Printable.Neutralize(what)}");

    public static void WrongService(string service) => Log.Warn($"wrong service name \"{service}\" for one-recipient bouncing");

    public static void Template(string warning) => Log.Warn(warning);

    /// <summary>Where Postfix's daemon would die; here one client is let go.</summary>
    public static void Fatal(string text) => Log.Fatal(text);
}
