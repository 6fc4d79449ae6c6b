namespace Mta.Config;

/// <summary>How a service is reached: the second field of master.cf.</summary>
public enum ServiceType
{
    /// <summary>A TCP socket.</summary>
    Inet,

    /// <summary>A Unix stream socket.</summary>
    Unix,

    /// <summary>A named pipe.</summary>
    Fifo,

    /// <summary>A Unix stream socket over which clients' descriptors come.</summary>
    Pass,

    /// <summary>A Unix datagram socket.</summary>
    UnixDatagram,
}

/// <summary>
/// One service of master.cf. Fields that the file leaves to the default are null; what the default is depends on
/// main.cf (chroot, process limit) or is fixed (private and unprivileged: yes; wakeup: never).
/// </summary>
public sealed record MasterEntry
{
    /// <summary>The line it begins at, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>First field as written: <c>smtp</c>, <c>127.0.0.1:2525</c>.</summary>
    public required string Name { get; init; }

    public required ServiceType Type { get; init; }

    public bool? Private { get; init; }

    public bool? Unprivileged { get; init; }

    public bool? Chroot { get; init; }

    /// <summary>Seconds between wakeups; 0 is never.</summary>
    public int? Wakeup { get; init; }

    /// <summary>The wakeup timer starts only once the service was used (suffix <c>?</c>).</summary>
    public bool WakeupOnlyIfUsed { get; init; }

    /// <summary>0 is unlimited.</summary>
    public int? ProcessLimit { get; init; }

    /// <summary>Program name below daemon_directory, as written.</summary>
    public required string Command { get; init; }

    /// <summary>Words after the command; braces are taken off.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The eight fields and the words as written, braces included; for tools that show or edit the file.</summary>
    public required IReadOnlyList<string> Fields { get; init; }

    public bool IsPrivate => Private ?? true;

    public bool IsUnprivileged => Unprivileged ?? true;

    /// <summary>The type as master.cf spells it.</summary>
    public string TypeName => MasterCf.NameOf(Type);

    /// <summary>Name and type as master_service_disable and postconf write them: <c>smtp/inet</c>.</summary>
    public string NameAndType => $"{Name}/{TypeName}";
}
