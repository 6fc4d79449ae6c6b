using Mta.Linux;
using NLog;

namespace Mta.Service;

/// <summary>
/// The accept loop: a thread that waits for connections, for room, for the master's sign to retire and for the end
/// of idle time. It hands each connection over and never waits for it.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
internal sealed class Acceptor(ServiceContext context, ClientShare share, StatusChannel status, int[] listeners, AcceptorLimits limits, Action<FileHandle, SocketName> accepted)
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly EventFd _wake = new();
    private int _backOff;

    /// <summary>Looks again at share, retirement and idle time. Any thread.</summary>
    public void Wake() => _wake.Signal();

    /// <summary>Runs until this process shall take no more clients.</summary>
    public void Run()
    {
        using CancellationTokenRegistration registration = context.Retiring.UnsafeRegister(static self => ((Acceptor)self!).Wake(), this);
        foreach (int listener in listeners)
        {
            using FileHandle file = new(listener, ownsHandle: false);
            InetSocket.Prepare(file);
        }

        while (!context.Retiring.IsCancellationRequested && !share.IsUsedUp && !IsIdleTimeOver())
        {
            ThreadWaking.Follow();
            bool wantsClient = !share.IsFull;
            bool locked = wantsClient && limits.Lock is not null && TakeLock(limits.Lock);
            try
            {
                if (Wait(wantsClient) && wantsClient)
                {
                    AcceptAll();
                }
            }
            finally
            {
                if (locked)
                {
                    Posix.Flock(limits.Lock!, FileLock.Release, wait: false); // Locked implies that there is one.
                }
            }

            if (_backOff > 0)
            {
                context.Retiring.WaitHandle.WaitOne(_backOff);
            }
        }
    }

    private static bool TakeLock(FileHandle file)
    {
        try
        {
            return Posix.Flock(file, FileLock.Exclusive, wait: true);
        }
        catch (LinuxException failure)
        {
            throw new Text.FatalException($"select lock: {failure.Reason}", failure);
        }
    }

    private bool IsIdleTimeOver() => limits.IdleLimit is TimeSpan most && share.Active == 0 && share.Idle >= most;

    // True when a listener may have a connection.
    private bool Wait(bool wantsClient)
    {
        Span<PollEntry> entries = stackalloc PollEntry[listeners.Length + 2];
        entries[0] = new PollEntry(_wake.Descriptor, PollEvents.Input);
        entries[1] = new PollEntry(status.Descriptor, PollEvents.Input);
        for (int i = 0; i < listeners.Length; i++)
        {
            entries[i + 2] = new PollEntry(wantsClient ? listeners[i] : -1, PollEvents.Input);
        }

        int wait = limits.IdleLimit is TimeSpan most
            ? (int)Math.Clamp((most - share.Idle).TotalMilliseconds + 1, 1, int.MaxValue)
            : -1;
        if (ProcessRest.Poll(entries, wait) == 0)
        {
            return false;
        }

        if (entries[0].Returned != 0)
        {
            _wake.Clear();
        }

        if (entries[1].Returned != 0)
        {
            // The master is gone, or asks its processes to make room for new ones.
            context.Retire();
            return false;
        }

        for (int i = 2; i < entries.Length; i++)
        {
            if (entries[i].Returned != 0)
            {
                return true;
            }
        }

        return false;
    }

    private void AcceptAll()
    {
        foreach (int listener in listeners)
        {
            while (!share.IsFull && !share.IsUsedUp)
            {
                int errno = Posix.TryAccept(listener, out FileHandle connection, out SocketName peer);
                if (errno != 0)
                {
                    connection.Dispose();
                    if (!GoesOnAfter(errno))
                    {
                        return;
                    }

                    break;
                }

                _backOff = 0;
                share.Enter();
                accepted(connection, peer);
                if (limits.Lock is not null)
                {
                    // One client per turn of the lock, whoever else waits for it.
                    return;
                }
            }
        }
    }

    // Three tiers: nothing happened; pressure, which passes if given time; a listener of no use.
    private bool GoesOnAfter(int errno)
    {
        switch (errno)
        {
            case Errno.EAGAIN or Errno.ECONNABORTED or Errno.ECONNREFUSED or Errno.ECONNRESET or Errno.EHOSTDOWN or Errno.EHOSTUNREACH
                or Errno.EINTR or Errno.ENETDOWN or Errno.ENETUNREACH or Errno.ENOTCONN or Errno.EPROTO or Errno.EPERM or Errno.ETIMEDOUT:
                _backOff = 0;
                return true;
            case Errno.EMFILE or Errno.ENFILE or Errno.ENOBUFS or Errno.ENOMEM:
                if (_backOff == 0)
                {
                    Log.Warn($"accept connection: {Errno.Text(errno)}");
                }

                _backOff = Math.Clamp(_backOff * 2, 50, 1000);
                return false;
            default:
                throw new Text.FatalException($"accept connection: {Errno.Text(errno)}");
        }
    }
}

/// <summary>What ends an <see cref="Acceptor"/>, and what it takes turns by.</summary>
/// <param name="IdleLimit">Time without a client after which the process ends; null is no limit.</param>
/// <param name="Lock">File that one idle process of a service holds locked, or null.</param>
internal sealed record AcceptorLimits(TimeSpan? IdleLimit, FileHandle? Lock);
