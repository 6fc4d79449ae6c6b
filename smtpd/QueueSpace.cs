using Mta.Linux;

namespace Mta.Smtpd;

/// <summary>
/// Whether the queue's file system has room for another message. Asked often, looked at once a second while there is
/// room, and each time while there is none.
/// </summary>
internal sealed class QueueSpace(long minimumFree, long messageSizeLimit)
{
    private const long LookAgain = 1000;
    private long _looked = long.MinValue;
    private long _free;
    private bool _isKnown;

    public bool IsShort(out long free)
    {
        long now = Environment.TickCount64;
        long looked = Volatile.Read(ref _looked);
        if (looked == long.MinValue || now - looked >= LookAgain || IsLow)
        {
            Look();
            Volatile.Write(ref _looked, now);
        }

        free = Volatile.Read(ref _free);
        return IsLow;
    }

    private bool IsLow
    {
        get
        {
            long free = Volatile.Read(ref _free);
            return _isKnown && (minimumFree >= free || (messageSizeLimit > 0 && messageSizeLimit >= free / 3 * 2));
        }
    }

    private void Look()
    {
        try
        {
            Volatile.Write(ref _free, Posix.FreeBytesOf("."));
            _isKnown = true;
        }
        catch (LinuxException error)
        {
            LogLines.Warning(error.Message);
        }
    }
}
