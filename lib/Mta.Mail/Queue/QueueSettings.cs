using Mta.Config;
using Mta.Config.Parameters;

namespace Mta.Mail.Queue;

/// <summary>How queue files are named and spread; the same for every program of an instance.</summary>
/// <param name="HashedQueues">Queues with hash subdirectories (<c>hash_queue_names</c>), compared without case.</param>
/// <param name="HashDepth">Levels of subdirectories (<c>hash_queue_depth</c>), at least 1.</param>
/// <param name="LongIds">New files get long names (<c>enable_long_queue_ids</c>).</param>
public sealed record QueueSettings(IReadOnlyList<string> HashedQueues, int HashDepth, bool LongIds)
{
    /// <summary>Postfix's defaults.</summary>
    public static QueueSettings Default { get; } = new(["deferred", "defer"], 1, LongIds: false);

    /// <summary>As main.cf says.</summary>
    public static QueueSettings From(Configuration configuration) => new(
        configuration.Get(GlobalParameters.HashQueueNames).Split([' ', ',', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries),
        configuration.Get(GlobalParameters.HashQueueDepth),
        configuration.Get(GlobalParameters.EnableLongQueueIds));
}
