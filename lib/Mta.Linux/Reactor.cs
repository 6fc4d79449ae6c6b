namespace Mta.Linux;

/// <summary>
/// A thread that waits for sockets. Each is watched from its first wait on, for input alone unless a writer waits too,
/// edge by edge: what is ready at once costs no call, and nobody is woken for nothing. While the thread is lent to work
/// that blocks, others wait in its place; they end when they were idle for a while.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
internal sealed class Reactor
{
    private const EpollEvents Input = EpollEvents.Readable | EpollEvents.PeerClosed | EpollEvents.EdgeTriggered;

    private const int MostThreads = 16;
    private const int HelperIdleTime = 5000;

    private static readonly Lazy<Reactor[]> All = new(Start);
    private static int s_next;

    [ThreadStatic]
    private static Reactor? s_current;

    private readonly Epoll _epoll = new();
    private readonly Lock _lock = new();
    private readonly int _number;
    private volatile SocketWaits?[] _watched = new SocketWaits?[64];
    private volatile bool _isLent;
    private int _waiting;
    private int _helpers;

    private Reactor(int number)
    {
        _number = number;
        StartThread(() => Run(new EpollEventList()));
    }

    /// <summary>
    /// Whoever waits goes on in the thread that saw his socket ready, and not on the thread pool: one wake-up less, for
    /// work that never blocks for long. Set before the first wait.
    /// </summary>
    public static bool ContinuesInPlace { get; set; }

    /// <summary>The reactor that the current thread waits for; null in a thread that watches no sockets.</summary>
    public static Reactor? Current => s_current;

    /// <summary>
    /// The reactor for a new socket: the current thread's own, so that all sockets of a session wake one thread; else
    /// each in turn.
    /// </summary>
    public static Reactor ForNewSocket() =>
        s_current ?? All.Value[(int)((uint)Interlocked.Increment(ref s_next) % (uint)All.Value.Length)];

    /// <summary>
    /// The current thread is about to block for a while: if it is one that waits for sockets, another takes its place.
    /// </summary>
    public static void LendThread() => s_current?.Lend();

    public void Watch(FileHandle socket, SocketWaits waits)
    {
        int descriptor = socket.Descriptor;
        lock (_lock)
        {
            if (descriptor >= _watched.Length)
            {
                SocketWaits?[] larger = new SocketWaits?[Math.Max(descriptor + 1, _watched.Length * 2)];
                _watched.CopyTo(larger, 0);
                _watched = larger;
            }

            _watched[descriptor] = waits;
        }

        _epoll.Add(socket, Input, (ulong)descriptor);
    }

    /// <summary>Watches for room to write too.</summary>
    public void WatchOutput(FileHandle socket) => _epoll.Modify(socket, Input | EpollEvents.Writable, (ulong)socket.Descriptor);

    /// <summary>Watches for room to write no longer.</summary>
    public void WatchInputAlone(FileHandle socket)
    {
        try
        {
            _epoll.Modify(socket, Input, (ulong)socket.Descriptor);
        }
        catch (Exception failure) when (failure is LinuxException or ObjectDisposedException)
        {
            // Closed meanwhile: nothing is watched any more.
        }
    }

    /// <summary>Before the descriptor is closed: its number may then be another socket's, and a copy may live elsewhere.</summary>
    public void Forget(FileHandle socket)
    {
        lock (_lock)
        {
            _watched[socket.Descriptor] = null;
        }

        _epoll.Remove(socket);
    }

    private static Reactor[] Start()
    {
        Reactor[] all = new Reactor[ContinuesInPlace ? Environment.ProcessorCount : 1];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = new Reactor(i);
        }

        return all;
    }

    private void StartThread(ThreadStart run) => new Thread(run, 1024 * 1024) { Name = $"sockets {_number}", IsBackground = true }.Start();

    private void Lend()
    {
        _isLent = true;
        if (Volatile.Read(ref _waiting) > 0)
        {
            return;
        }

        if (Interlocked.Increment(ref _helpers) < MostThreads)
        {
            StartThread(Help);
        }
        else
        {
            Interlocked.Decrement(ref _helpers);
        }
    }

    private void Run(EpollEventList many)
    {
        s_current = this;
        EpollEventList one = new(1);
        while (true)
        {
            // Once threads are lent, each event may take one: whoever has several would keep the others from going on.
            Turn(_isLent ? one : many, -1);
        }
    }

    private void Help()
    {
        s_current = this;
        EpollEventList events = new(1);
        long idleSince = Environment.TickCount64;
        while (Environment.TickCount64 - idleSince < HelperIdleTime)
        {
            if (Turn(events, HelperIdleTime))
            {
                idleSince = Environment.TickCount64;
            }
        }

        Interlocked.Decrement(ref _helpers);
    }

    // False when nothing happened.
    private bool Turn(EpollEventList events, int milliseconds)
    {
        ThreadWaking.Follow();
        Interlocked.Increment(ref _waiting);
        int count = _epoll.Wait(events, ProcessRest.Watch.Wait(milliseconds));
        Interlocked.Decrement(ref _waiting);
        ProcessRest.Watch.Waited(count > 0);
        for (int i = 0; i < count; i++)
        {
            (EpollEvents happened, ulong descriptor) = events[i];
            // Nobody: forgotten since. Somebody else under the same number looks once for nothing.
            _watched[descriptor]?.Signal(happened);
        }

        return count > 0;
    }
}
