using Mta.Linux;

namespace Mta.Master;

/// <summary>Triggers services at the intervals that master.cf gives them; those with <c>?</c> only once they are in use.</summary>
internal sealed class Wakeups(PollLoop loop)
{
    /// <summary>Starts the timer anew, with a trigger at once; the service was started or reloaded.</summary>
    public void Start(Service service, Owner owner)
    {
        Stop(service);
        if (service.Entry.Wakeup > 0 && (!service.Entry.WakeupOnlyIfUsed || service.Account.Total > 0))
        {
            Wake(service, owner);
        }
    }

    /// <summary>A process of the service was started.</summary>
    public void Used(Service service, Owner owner)
    {
        if (service.Entry is { Wakeup: > 0, WakeupOnlyIfUsed: true } && service.WakeupTimer is null)
        {
            Schedule(service, owner);
        }
    }

    public static void Stop(Service service)
    {
        service.WakeupTimer?.Cancel();
        service.WakeupTimer = null;
    }

    private void Wake(Service service, Owner owner)
    {
        // A throttled service is left alone; its timer keeps running.
        if (!service.IsThrottled)
        {
            int errno = TryTrigger(service, owner);

            // A full queue of connections means that the service is being woken anyway.
            if (errno is not (0 or Errno.EAGAIN))
            {
                LogLines.NoWakeup(service, errno);
            }
        }

        Schedule(service, owner);
    }

    private void Schedule(Service service, Owner owner) =>
        service.WakeupTimer = loop.After(TimeSpan.FromSeconds(service.Entry.Wakeup ?? 0), () => Wake(service, owner));

    private int TryTrigger(Service service, Owner owner)
    {
        try
        {
            return Trigger.Send(service, loop, owner);
        }
        catch (LinuxException error)
        {
            return error.Errno;
        }
    }
}
