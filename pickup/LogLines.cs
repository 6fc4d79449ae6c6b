using Mta.Mail.Addresses;
using Mta.Mail.Queue;
using Mta.Text;
using NLog;

namespace Mta.Pickup;

/// <summary>Every line this daemon logs.</summary>
internal static class LogLines
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public static void Submitted(QueueId id, uint userId, string sender) =>
        Log.Info($"{id}: uid={userId} from={Sender(sender)}");

    public static void Requeued(QueueId id, uint userId, string sender, QueueId original) =>
        Log.Info($"{id}: uid={userId} from={Sender(sender)} orig_id={original}");

    public static void CannotOpen(string path, string why) => Log.Warn($"open file {path}: {why}");

    public static void NotRegular(string path) => Log.Warn($"{path}: not a regular file -- ignored");

    public static void ManyLinks(string path, uint userId, uint links) => Log.Warn($"{path}: uid {userId}: file has {links} links");

    public static void Malformed(string path, uint userId, string why, string fate) =>
        Log.Warn($"uid={userId}: {path}: {Printable.Neutralize(why)} -- message {fate}");

    public static void TimeInFuture(string path) => Log.Warn($"{path}: time stamp is in the future, using the present time");

    public static void TimeInPast(string path) => Log.Warn($"{path}: message has been queued for more than a day");

    public static void NotAccepted(string path, string why) => Log.Warn($"{path}: error writing message: {Printable.Neutralize(why)}");

    public static void CannotRemove(string path, string why) => Log.Warn($"remove {path}: {why}");

    public static void Failed(string path, Exception error) => Log.Error(Printable.Neutralize($"{path}: {error}"));

    private static string Sender(string sender) => Printable.Neutralize(AddressSyntax.Bracketed(sender), allowUtf8: true);
}
