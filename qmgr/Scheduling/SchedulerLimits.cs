namespace Mta.Qmgr.Scheduling;

/// <summary>The limits of the whole queue manager that the scheduler keeps.</summary>
internal sealed record SchedulerLimits
{
    public int ActiveMessages { get; init; } = 20_000;

    public int Recipients { get; init; } = 20_000;

    public int RecipientMinimum { get; init; } = 10;

    public TimeSpan TransportRetry { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a dead destination stays dead (<c>minimal_backoff_time</c>).</summary>
    public TimeSpan DeadDestination { get; init; } = TimeSpan.FromSeconds(300);
}
