using System.Globalization;
using System.Runtime.CompilerServices;
using Mta.Linux;
using Mta.Mail;
using Mta.Mail.Addresses;
using Mta.Qmgr.Scheduling;
using Mta.Text;
using NLog;

namespace Mta.Qmgr;

/// <summary>Every line the queue manager logs.</summary>
internal sealed class LogLines(bool externalAddresses, bool allowUtf8, int delayDecimals)
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public void EnteredActive(Message message, int announcedRecipients) =>
        Log.Info($"{message.QueueId}: from=<{Address(message.Sender)}>, size={message.ContentLength}, nrcpt={announcedRecipients} (queue active)");

    public static void Removed(Message message) => Log.Info(message.QueueId + ": removed");

    public static void StillBeingDelivered(string queueId) => Log.Info($"{queueId}: skipped, still being delivered");

    public void Expired(Message message) =>
        Log.Info($"{message.QueueId}: from=<{Address(message.Sender)}>, status={(message.IsForceExpired ? "force-expired" : "expired")}, returned to sender");

    /// <summary>A recipient that no agent sees: deferred, or a discarded notice.</summary>
    public void Recipient(Message message, Recipient recipient, string dsn, string status, string text, long nowMicros)
    {
        string original = recipient.Wire.OriginalRecipient;
        string originalPart = original.Length > 0 && !Ascii.EqualsIgnoreCase(original, recipient.Address) ? $" orig_to=<{Address(original)}>," : "";
        string before = Delay(message.EnteredActive - message.Arrival);
        string rest = Delay(nowMicros - message.EnteredActive);
        Log.Info($"{message.QueueId}: to=<{Address(recipient.Address)}>,{originalPart} relay=none, delay={Delay(nowMicros - message.Arrival)}, delays={before}/{rest}/0/0, dsn={dsn}, status={status} ({Printable.Neutralize(text, allowUtf8)})");
    }

    public static void LargerThan(string larger, string smaller) => Log.Warn($"{larger} is larger than {smaller} - adjusting {larger}");

    public static void SmallerThan(string smaller, string larger) => Log.Warn($"{smaller} is smaller than {larger} - adjusting {smaller}");

    public static void ConnectFailed(string transport, int errno) =>
        Log.Warn($"connect to transport private/{transport}: {Errno.Text(errno)}");

    /// <summary>An agent that ended or talked nonsense instead of a result.</summary>
    public static void AgentLost(string transport, string detail)
    {
        if (detail.Contains(" (expecting", StringComparison.Ordinal))
        {
            Log.Warn(Printable.Neutralize(detail.Replace(" (expecting", $" from private/{transport} socket (expecting", StringComparison.Ordinal)));
        }

        Log.Warn($"private/{transport} socket: malformed response");
    }

    public static void NoGreeting(string transport, string text) =>
        Log.Warn($"private/{transport} socket: {Printable.Neutralize(text)}");

    public static void Corrupt(string queueId) =>
        Log.Warn($"saving corrupt file \"{queueId}\" from queue \"active\" to queue \"corrupt\"");

    public static void Damaged(string queueId, string problem) => Log.Warn($"{queueId}: {Printable.Neutralize(problem)}");

    public static void FileTrouble(string text) => Log.Warn(text);

    public static void MessageWarning(string queueId, string text) => Log.Warn($"{queueId}: {Printable.Neutralize(text)}");

    public static void BadFeedback(string parameter, string value) =>
        Log.Warn($"{parameter}: ignoring malformed or unreasonable feedback: {Printable.Neutralize(value)}");

    public static void Clog(string line) => Log.Warn(line);

    public static void FeedbackSetting(string transport, string parameter, ConcurrencyFeedback feedback) =>
        Log.Info(Invariant($"{transport}: {parameter} feedback type {(feedback.IsPerConcurrency ? 1 : 0)} value at 5: {feedback.At(5):g6}"));

    public static void Feedback(DestinationQueue queue, bool success)
    {
        string step = success ? "qmgr_queue_unthrottle" : "qmgr_queue_throttle";
        if (queue.LastFeedback is { } feedback)
        {
            Log.Info(Invariant($"{step}: feedback {feedback:g6}"));
        }

        (double successes, double failures, double cohorts) = queue.Counters;
        Log.Info(Invariant($"{step}: queue {queue.Name}: limit {queue.Transport.Settings.EffectiveConcurrencyLimit} window {queue.Window} success {successes:g6} failure {failures:g6} fail_cohorts {cohorts:g6}"));
    }

    private static string Invariant(DefaultInterpolatedStringHandler text) => string.Create(CultureInfo.InvariantCulture, ref text);

    private string Delay(long micros) => DelayText.Format(micros, delayDecimals);

    private string Address(string address) =>
        Printable.Neutralize(externalAddresses ? AddressSyntax.ToExternal(address) : address, allowUtf8);
}
