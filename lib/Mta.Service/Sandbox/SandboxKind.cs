using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail.Queue;

namespace Mta.Service.Sandbox;

/// <summary>Whom a daemon connects to.</summary>
public enum SandboxReach
{
    /// <summary>Sockets of this host's file system only.</summary>
    Local,

    /// <summary>And the servers that the configuration names: name servers, tables, filters.</summary>
    Named,

    /// <summary>And any server.</summary>
    Anywhere,
}

/// <summary>
/// What the work of one kind of daemon needs, whatever the configuration; <see cref="SandboxProfile"/> adds what
/// main.cf and master.cf name. Every kind reads the configuration, libraries and what the C library looks up names in.
/// </summary>
public sealed record SandboxKind(string Program)
{
    /// <summary>All kinds of this mail system.</summary>
    public static readonly IReadOnlyDictionary<string, SandboxKind> All = new SandboxKind[]
    {
        new("anvil"),
        new("bounce") { Writes = [QueueName.Bounce, QueueName.Defer, QueueName.Trace], Changes = [QueueName.Incoming, QueueName.Active, QueueName.Deferred, QueueName.Hold] },
        new("cleanup") { Reach = SandboxReach.Named, Writes = [QueueName.Incoming, QueueName.Spare, QueueName.Hold, QueueName.Bounce, QueueName.Defer, QueueName.Trace] },
        new("discard") { Reach = SandboxReach.Named, Changes = [QueueName.Active] },
        new("error") { Reach = SandboxReach.Named, Changes = [QueueName.Active] },
        new("flush") { Reach = SandboxReach.Named, Writes = [QueueName.Flush, QueueName.Deferred, QueueName.Incoming] },
        new("lmtp") { Reach = SandboxReach.Anywhere, Changes = [QueueName.Active] },
        new("local") { IsFree = true },
        new("pickup") { Writes = [QueueName.Maildrop, QueueName.Corrupt] },
        new("pipe") { IsFree = true },
        new("postlogd") { WritesLog = true },
        new("postscreen") { Reach = SandboxReach.Named, Caches = [PostscreenParameters.PostscreenCacheMap] },
        new("proxymap") { Reach = SandboxReach.Named, Caches = [ProxymapParameters.ProxyWriteMaps] },
        new("qmgr")
        {
            Writes = [QueueName.Incoming, QueueName.Active, QueueName.Deferred, QueueName.Corrupt, QueueName.Saved, QueueName.Spare, QueueName.Bounce, QueueName.Defer, QueueName.Trace],
        },
        new("qmqpd") { Reach = SandboxReach.Named },
        new("showq") { Reads = [QueueName.Maildrop, QueueName.Active, QueueName.Incoming, QueueName.Deferred, QueueName.Hold, QueueName.Bounce, QueueName.Defer] },
        new("smtp") { Reach = SandboxReach.Anywhere, Changes = [QueueName.Active] },
        new("smtpd") { Reach = SandboxReach.Named, Writes = [QueueName.Incoming] },
        new("spawn") { IsFree = true },
        new("tlsmgr")
        {
            Reach = SandboxReach.Named,
            Caches = [TlsParameters.TlsRandomExchangeName, SmtpdParameters.SmtpdTlsSessionCacheDatabase, SmtpParameters.SmtpTlsSessionCacheDatabase, LmtpParameters.LmtpTlsSessionCacheDatabase],
        },
        new("tlsproxy") { Reach = SandboxReach.Named },
        new("trivial-rewrite") { Reach = SandboxReach.Named },
        new("verify") { Reach = SandboxReach.Named, Caches = [VerifyParameters.AddressVerifyMap] },
        new("virtual") { Reach = SandboxReach.Named, Changes = [QueueName.Active], WritesMailboxes = true, HasWorkers = true },
    }.ToDictionary(static kind => kind.Program);

    /// <summary>Runs programs of others, as any user, or writes wherever its users say: confined by its users' rights alone.</summary>
    public bool IsFree { get; private init; }

    public SandboxReach Reach { get; private init; }

    /// <summary>Queues in which it makes, changes and removes files.</summary>
    public IReadOnlyList<string> Writes { get; private init; } = [];

    /// <summary>Queues in whose files it marks recipients as done; it makes and removes none there.</summary>
    public IReadOnlyList<string> Changes { get; private init; } = [];

    /// <summary>Queues whose files it reads.</summary>
    public IReadOnlyList<string> Reads { get; private init; } = [];

    /// <summary>Parameters that name tables (or a file) that it changes.</summary>
    public IReadOnlyList<StringParameter> Caches { get; private init; } = [];

    /// <summary>Writes below <c>virtual_mailbox_base</c>.</summary>
    public bool WritesMailboxes { get; private init; }

    /// <summary>Writes <c>maillog_file</c>.</summary>
    public bool WritesLog { get; private init; }

    /// <summary>Starts itself again as a worker with another user's rights.</summary>
    public bool HasWorkers { get; private init; }
}
