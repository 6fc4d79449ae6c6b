using Mta.Mail.Queue;
using Mta.Text;
using NLog;

namespace Mta.Qmqpd;

/// <summary>Every line this daemon logs.</summary>
internal static class LogLines
{
    private static readonly Logger Log = LogManager.GetLogger("qmqpd");

    public static void Connect(string client) => Log.Info($"connect from {client}");

    public static void Disconnect(string client) => Log.Info($"disconnect from {client}");

    public static void NewMessage(QueueId id, string client) => Log.Info($"{id}: client={client}");

    /// <summary>The client went away, was too slow or broke the protocol.</summary>
    public static void Ended(string id, string client, string why, string stage) => Log.Info($"{id}: {client}: {why} while {stage}");

    /// <summary>What the client is told about a message that was not taken.</summary>
    public static void Refused(QueueId id, string client, string reply) => Log.Warn($"{id}: {client}: {Printable.Neutralize(reply)}");
}
