using Mta.Linux;
using NLog;

namespace Mta.Delivery.Orders;

/// <summary>The parent's end of one worker process. Members are called under the pool's lock, but for the receiving thread.</summary>
internal sealed class WorkerProcess
{
    private const int MaxMessage = 60_000;
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private readonly FileHandle _socket;
    private readonly int _process;
    private readonly Dictionary<long, TaskCompletionSource<OrderResult>> _outstanding = [];
    private readonly Action<WorkerProcess, bool> _onProgress;
    private long _lastNumber;
    private bool _isRetired;

    private WorkerProcess(FileHandle socket, int process, Action<WorkerProcess, bool> onProgress)
    {
        _socket = socket;
        _process = process;
        _onProgress = onProgress;
    }

    public bool IsAlive { get; private set; } = true;

    public int Outstanding { get; private set; }

    /// <summary>An order that changes the identity is under way.</summary>
    public bool IsExclusive { get; private set; }

    public uint User { get; private set; }

    public uint Group { get; private set; }

    /// <summary>When the last order ended (<see cref="Environment.TickCount64"/>).</summary>
    public long IdleSince { get; private set; } = Environment.TickCount64;

    /// <summary>Starts this very program in its worker mode.</summary>
    /// <param name="onProgress">Called when an order ended (true) and when the worker ended (false).</param>
    /// <exception cref="LinuxException">It could not be started.</exception>
    public static WorkerProcess Start(string name, ulong fileSizeLimit, Action<WorkerProcess, bool> onProgress)
    {
        (FileHandle ours, FileHandle theirs) = Posix.SequencedSocketPair();
        using (theirs)
        using (FileHandle nothing = Posix.Open("/dev/null", OpenFlags.ReadWrite))
        {
            int process = Posix.Spawn(new SpawnRequest
            {
                Path = "/proc/self/exe",
                Arguments = [name, WorkerProgram.Switch, fileSizeLimit.ToString(System.Globalization.CultureInfo.InvariantCulture)],
                Environment = Posix.Environment(),
                Descriptors = [(0, nothing), (1, nothing), (2, nothing), (WorkerProgram.SocketNumber, theirs)],
                DefaultSignals = [Signals.SIGPIPE],
            });
            WorkerProcess worker = new(ours, process, onProgress);
            new Thread(worker.Receive, 256 << 10) { IsBackground = true, Name = "worker results" }.Start();
            return worker;
        }
    }

    /// <summary>Whether an order may be given now: same identity or nothing under way.</summary>
    public bool Accepts(Order order, int maxOutstanding) =>
        IsAlive && !IsExclusive && Outstanding < maxOutstanding
        && (Outstanding == 0 || (!order.IsExclusive && order.User == User && order.Group == Group));

    /// <summary>Whether giving it this order changes no identity.</summary>
    public bool Holds(Order order) => order.User == User && order.Group == Group;

    /// <summary>Gives an order. The message is short and the socket's buffer holds all that may be under way.</summary>
    public void Give(Order order, FileHandle? file, TaskCompletionSource<OrderResult> result)
    {
        long number = ++_lastNumber;
        User = order.User;
        Group = order.Group;
        IsExclusive = order.IsExclusive;
        Outstanding++;
        lock (_outstanding)
        {
            _outstanding.Add(number, result);
        }

        using OrderWriter writer = new();
        writer.Long(number);
        order.Write(writer);
        int errno = TrySend(writer.Bytes, file);
        if (errno != 0)
        {
            // A dead worker is noticed by the receiving thread, which fails whatever else is outstanding.
            bool isOurs;
            lock (_outstanding)
            {
                isOurs = _outstanding.Remove(number);
            }

            if (isOurs)
            {
                NoteEnd();
                OrderResult failure = new(OrderOutcome.Failed, "4.3.0", $"mail system error: {Errno.Text(errno)}", errno);
                ThreadPool.UnsafeQueueUserWorkItem(static state => state.Result.TrySetResult(state.Failure), (Result: result, Failure: failure), preferLocal: false);
            }
        }
    }

    private int TrySend(ReadOnlySpan<byte> bytes, FileHandle? file)
    {
        try
        {
            return Posix.TrySendMessage(_socket, bytes, file);
        }
        catch (ObjectDisposedException)
        {
            // The worker ended a moment ago; the receiving thread has not said so yet.
            return Errno.EPIPE;
        }
    }

    /// <summary>An order ended: takes note of it.</summary>
    public void NoteEnd()
    {
        Outstanding--;
        IsExclusive = false;
        IdleSince = Environment.TickCount64;
    }

    /// <summary>Lets the worker end: it does when its socket closes.</summary>
    public void Retire()
    {
        IsAlive = false;
        _isRetired = true;
        try
        {
            Posix.TryShutdownWrite(_socket);
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }

    private void Receive()
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(MaxMessage, pinned: true);
        string end = "ended";
        try
        {
            while (true)
            {
                int errno = Posix.TryReceiveMessage(_socket, buffer, out int length, out FileHandle? file);
                if (errno != 0 || length == 0)
                {
                    break;
                }

                CompleteAll(buffer.AsSpan(0, length), file);
            }
        }
        catch (InvalidDataException error)
        {
            end = error.Message;
        }

        IsAlive = false;
        _socket.Dispose();
        Posix.TryWait(_process, wait: true, out ChildStatus status);
        if (!_isRetired)
        {
            Log.Warn(status.WasKilled
                ? $"delivery worker {_process} killed by signal {status.Signal}"
                : $"delivery worker {_process} {end}, exit status {status.ExitCode}");
        }

        FailAll();
        _onProgress(this, false);
    }

    // A message holds one result with a file, or any number without.
    private void CompleteAll(ReadOnlySpan<byte> message, FileHandle? file)
    {
        OrderReader reader = new(message);
        while (!reader.AtEnd)
        {
            long number = reader.Long();
            OrderResult result = OrderResult.Read(ref reader);
            result.File = file;
            if (!Complete(number, result))
            {
                file?.Dispose();
            }
        }
    }

    private bool Complete(long number, OrderResult result)
    {
        TaskCompletionSource<OrderResult>? waiter;
        lock (_outstanding)
        {
            _outstanding.Remove(number, out waiter);
        }

        if (waiter is null)
        {
            return false;
        }

        _onProgress(this, true);
        waiter.TrySetResult(result);
        return true;
    }

    private void FailAll()
    {
        long[] numbers;
        lock (_outstanding)
        {
            numbers = [.. _outstanding.Keys];
        }

        foreach (long number in numbers)
        {
            Complete(number, new OrderResult(OrderOutcome.Failed, "4.3.0", "delivery worker process failed"));
        }
    }
}
