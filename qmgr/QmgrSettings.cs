using Mta.Qmgr.Scheduling;

namespace Mta.Qmgr;

/// <summary>What main.cf says to the queue manager, read once at start.</summary>
internal sealed record QmgrSettings
{
    public SchedulerLimits Limits { get; init; } = new();

    public TimeSpan QueueRunDelay { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Files of messages that are done go to the saved queue (<c>dont_remove</c>).</summary>
    public bool KeepsFiles { get; init; }

    public long MinimalBackoff { get; init; } = 300;

    public long MaximalBackoff { get; init; } = 4000;

    /// <summary>Age in seconds at which mail is returned.</summary>
    public long MaximalLifetime { get; init; } = 432_000;

    /// <summary>The same for mail from the null sender.</summary>
    public long BounceLifetime { get; init; } = 432_000;

    /// <summary>Longest wait for an agent, before and during a delivery.</summary>
    public TimeSpan DaemonTimeout { get; init; } = TimeSpan.FromSeconds(18_000);

    /// <summary>Longest wait while a request is sent.</summary>
    public TimeSpan IpcTimeout { get; init; } = TimeSpan.FromSeconds(60);

    public IReadOnlyList<string> DeferTransports { get; init; } = [];

    /// <summary>Local part.</summary>
    public string DoubleBounceSender { get; init; } = "double-bounce";

    public string ErrorService { get; init; } = "error";

    public string RetryService { get; init; } = "retry";

    public string DefaultFilterNextHop { get; init; } = "";

    public string MyHostname { get; init; } = "localhost";

    public string VerpDelimiterFilter { get; init; } = "-=+";

    public string DefaultVerpDelimiters { get; init; } = "+=";

    public bool DisableVerpBounces { get; init; }

    public bool ConfirmDelayCleared { get; init; }

    public bool AllowUtf8InLog { get; init; } = true;

    /// <summary>0 turns the flow control off.</summary>
    public TimeSpan InFlowDelay { get; init; } = TimeSpan.FromSeconds(1);

    public int DefaultProcessLimit { get; init; } = 100;

    /// <summary>Seconds between two "falling behind" warnings of a destination; 0 is never.</summary>
    public long ClogWarnTime { get; init; } = 300;

    public bool HelpfulWarnings { get; init; } = true;

    /// <summary>Verification probes that may be in the active queue.</summary>
    public int PendingProbeLimit { get; init; } = 5000;

    public bool ConcurrencyFeedbackDebug { get; init; }

    public Func<string, TransportSettings> Transport { get; init; } = static _ => new TransportSettings();
}
