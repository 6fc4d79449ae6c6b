using Mta.Config;
using Mta.Tables;

namespace Mta.Service;

/// <summary>What every part of a daemon may know of its process. One per process, thread-safe.</summary>
public sealed class ServiceContext
{
    internal ServiceContext(Configuration configuration, TableRegistry tables, DaemonOptions options)
    {
        Configuration = configuration;
        Tables = tables;
        Options = options;
    }

    /// <summary>A context without a process around it, for tests of daemons.</summary>
    public static ServiceContext ForTests(Configuration configuration, TableRegistry tables, string serviceName) =>
        new(configuration, tables, DaemonOptions.Parse(serviceName, []));

    public Configuration Configuration { get; }

    /// <summary>All tables of this process. Open them before the drop of privileges.</summary>
    public TableRegistry Tables { get; }

    /// <summary>Field 1 of the master.cf entry, for example <c>smtp</c> or <c>127.0.0.1:25</c>.</summary>
    public string ServiceName => Options.ServiceName;

    /// <summary>Name of the program file as the master called it.</summary>
    public string ProcessName => Options.ProcessName;

    /// <summary>Field 2 of the master.cf entry: <c>inet</c>, <c>unix</c>, ...</summary>
    public string ServiceType => Options.Type;

    /// <summary>Words of the master.cf entry behind the options.</summary>
    public IReadOnlyList<string> Arguments => Options.Arguments;

    /// <summary>Number of options -v.</summary>
    public int Verbosity => Options.Verbosity;

    /// <summary>Option -v was given.</summary>
    public bool IsVerbose => Options.Verbosity > 0;

    /// <summary>The process keeps its root identity (no -u) and was started with it.</summary>
    public bool IsPrivileged { get; internal set; }

    /// <summary>Clients served at the same time; <see cref="int.MaxValue"/> is no limit.</summary>
    public int ClientLimit { get; internal set; } = 1;

    /// <summary>
    /// What the process limit leaves to this process, where it does not count clients
    /// (<see cref="Daemon.KeepsLimitItself"/>); <see cref="int.MaxValue"/> is no limit.
    /// </summary>
    public int PlaceLimit { get; internal set; } = 1;

    /// <summary>The token pipe between cleanup and the queue manager.</summary>
    public FlowControl Flow { get; internal set; } = new(null, null);

    /// <summary>Whether the service is under stress.</summary>
    public StressFlag? Stress { get; internal set; }

    /// <summary>The service is under stress now: shorten limits and time-outs.</summary>
    public bool IsStressed => Stress?.IsSet ?? false;

    public TimeProvider Time { get; internal set; } = TimeProvider.System;

    /// <summary>
    /// Cancelled when this process takes no more clients: retirement (reload, use limit, idle limit) or termination.
    /// A multi server hands it to the wait for a client's next request; other sessions go on to their end.
    /// </summary>
    public CancellationToken Retiring => RetirementSource.Token;

    /// <summary>
    /// Cancelled by SIGTERM: sessions have three more seconds. Hand it to the wait for a client's next request.
    /// </summary>
    public CancellationToken Terminating => TerminationSource.Token;

    /// <summary>
    /// The token for a session's wait for its client's next request: <see cref="Retiring"/> in a multi server, whose
    /// clients reconnect, else <see cref="Terminating"/>.
    /// </summary>
    public CancellationToken BetweenRequests { get; internal set; }

    internal DaemonOptions Options { get; }

    internal CancellationTokenSource RetirementSource { get; } = new();

    internal CancellationTokenSource TerminationSource { get; } = new();

    /// <summary>Ends the process after the sessions in progress, for example since a table has changed.</summary>
    public void Retire() => RetirementSource.Cancel();
}
