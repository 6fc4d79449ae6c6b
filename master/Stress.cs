using Mta.Linux;

namespace Mta.Master;

/// <summary>
/// Tells a service that strangers can reach when all its places were taken: processes then shorten their timeouts.
/// Lasts until 1000 seconds after the last such moment.
/// </summary>
internal sealed class Stress(PollLoop loop)
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(1000);

    /// <summary>Makes the byte that processes read, for a service that can come under stress.</summary>
    /// <exception cref="LinuxException">There is no descriptor or memory for it.</exception>
    public static void Prepare(Service service)
    {
        if (service.AdaptsToStress && service.StressByte is null)
        {
            service.StressByte = Posix.MemoryFile("stress");
            service.StressReader = Posix.Open($"/proc/self/fd/{service.StressByte.Descriptor}", OpenFlags.ReadOnly);
            Posix.PwriteAll(service.StressByte, "0"u8, 0);
        }
    }

    /// <summary>The limit is reached: warns, at most once per 1000 seconds, and begins or prolongs stress.</summary>
    /// <returns>True when stress has just begun.</returns>
    public bool LimitReached(Service service)
    {
        if (!service.AdaptsToStress)
        {
            return false;
        }

        long now = Environment.TickCount64;
        if (service.LimitWarningAt is not { } last || now - last >= Duration.TotalMilliseconds)
        {
            service.LimitWarningAt = now;
            LogLines.AtProcessLimit(service);
        }

        service.StressTimer?.Cancel();
        service.StressTimer = loop.After(Duration, () => Set(service, false));
        bool begins = !service.InStress;
        Set(service, true);
        return begins;
    }

    public static void Release(Service service)
    {
        service.StressTimer?.Cancel();
        service.StressByte?.Dispose();
        service.StressReader?.Dispose();
    }

    private static void Set(Service service, bool on)
    {
        if (service.InStress == on)
        {
            return;
        }

        service.InStress = on;
        if (service.StressByte is { IsClosed: false } stressByte)
        {
            Posix.PwriteAll(stressByte, on ? "1"u8 : "0"u8, 0);
        }
    }
}
