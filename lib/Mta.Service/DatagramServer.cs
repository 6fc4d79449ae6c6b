using Mta.Linux;
using Mta.Mail.Protocols;

namespace Mta.Service;

/// <summary>Receives datagrams on one thread and hands each to the handler.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
internal sealed class DatagramServer(DaemonProcess process, Action<ServiceContext, ReadOnlyMemory<byte>> datagram, Action<ServiceContext> pause)
{
    private const int LongestDatagram = 4096;
    private const long LongestGathering = 200; // ms
    private const int MostAtOnce = 1024;
    private const int Crowd = 8; // The socket holds eleven (net.unix.max_dgram_qlen).
    private const int Gathered = 5;
    private const int ShortestPause = 250; // us
    private const int LongestPause = 2000;

    private readonly EventFd _wake = new();
    private readonly byte[] _buffer = new byte[LongestDatagram];
    private bool _hasReported;
    private long _idleSince = Environment.TickCount64;
    private volatile bool _isBusy;
    private int _pause = ShortestPause;

    public async Task<int> RunAsync()
    {
        process.IsBusy = () => _isBusy;
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Run(done), 256 * 1024) { Name = "datagram", IsBackground = true }.Start();
        await done.Task;
        return 0;
    }

    private void Run(TaskCompletionSource done)
    {
        try
        {
            using CancellationTokenRegistration registration = process.Context.Retiring.UnsafeRegister(static wake => ((EventFd)wake!).Signal(), _wake);
            _isBusy = true;
            while (Turn())
            {
            }

            // What was sent before the end is still taken, however much it is.
            while (ReceiveAll() > 0)
            {
            }

            done.SetResult();
        }
        catch (Exception failure)
        {
            done.SetException(failure);
        }
        finally
        {
            _isBusy = false;
        }
    }

    private bool Turn()
    {
        Span<PollEntry> entries = stackalloc PollEntry[2 + process.Listeners.Length];
        entries[0] = new PollEntry(_wake.Descriptor, PollEvents.Input);
        entries[1] = new PollEntry(process.Status.Descriptor, PollEvents.Input);
        for (int i = 0; i < process.Listeners.Length; i++)
        {
            entries[2 + i] = new PollEntry(process.Listeners[i], PollEvents.Input);
        }

        if (ProcessRest.Poll(entries, process.Limits.Idle is null ? -1 : (int)Math.Clamp(IdleTimeLeft + 1, 1, int.MaxValue)) == 0)
        {
            return IdleTimeLeft > 0;
        }

        _idleSince = Environment.TickCount64;
        if (process.Context.Retiring.IsCancellationRequested || entries[1].Returned != 0)
        {
            return false;
        }

        if (process.Limits.LongestTurn > 0)
        {
            // A file system that hangs must not make this process hang for ever: whoever logs would wait for it.
            Posix.Alarm(process.Limits.LongestTurn);
            Gather();
            Posix.Alarm(0);
            return true;
        }

        Gather();
        return true;
    }

    // Datagrams seldom come alone. Being woken for each of them costs more than looking again after a short sleep, one in
    // which some will have come by what came in the last, unless so many come that the socket is full and those who write
    // wait for us.
    private void Gather()
    {
        long end = Environment.TickCount64 + LongestGathering;
        bool hasPaused = false;
        int count;
        while ((count = ReceiveAll()) > 0 && Environment.TickCount64 < end)
        {
            if (hasPaused)
            {
                _pause = Math.Clamp(_pause * Gathered / count, ShortestPause, LongestPause);
            }

            hasPaused = count < Crowd;
            if (hasPaused)
            {
                Posix.Pause(TimeSpan.FromMicroseconds(_pause));
            }
        }
    }

    // In milliseconds.
    private double IdleTimeLeft => process.Limits.Idle is TimeSpan most ? _idleSince + most.TotalMilliseconds - Environment.TickCount64 : double.MaxValue;

    private int ReceiveAll()
    {
        int count = 0;
        foreach (int listener in process.Listeners)
        {
            int length;
            while (count < MostAtOnce && (length = Posix.Receive(listener, _buffer)) >= 0)
            {
                count++;
                datagram(process.Context, _buffer.AsMemory(0, length));
            }
        }

        if (count == 0)
        {
            return 0;
        }

        pause(process.Context);
        if (!_hasReported)
        {
            _hasReported = true;
            process.Status.Send(WorkerState.Taken);
            process.Status.Send(WorkerState.Available);
        }

        return count;
    }
}
