namespace Mta.Qmgr.Scheduling;

/// <summary>Timers as the scheduler needs them: an action once, later, unless cancelled.</summary>
internal interface ISchedulerTimers
{
    /// <summary>Seconds since 1970.</summary>
    long Now { get; }

    object Start(TimeSpan delay, Action action);

    void Cancel(object timer);
}
