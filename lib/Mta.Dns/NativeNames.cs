using System.Net;
using System.Net.Sockets;
using Mta.Linux;

namespace Mta.Dns;

/// <summary>What the system's name services say of an address or a name.</summary>
/// <param name="Code">0, or a <see cref="NameLookup"/> code.</param>
public sealed record NativeAddresses(int Code, IReadOnlyList<IPAddress> Addresses)
{
    public bool IsTemporary => NameLookup.IsTemporary(Code);

    /// <summary>The C library's words for <see cref="Code"/>.</summary>
    public string Text => Code == 0 ? "" : NameLookup.Text(Code);
}

/// <summary>The name of an address; empty when there is none or the lookup failed.</summary>
/// <param name="Code">0, or a <see cref="NameLookup"/> code.</param>
public sealed record NativeName(int Code, string Name)
{
    public bool IsTemporary => NameLookup.IsTemporary(Code);
}

/// <summary>
/// getaddrinfo(3) and getnameinfo(3), which block, on threads of their own: a bounded number, and a bounded queue in
/// front of them. Beyond both, a lookup fails temporarily. Thread-safe.
/// </summary>
public sealed class NativeNames(int maxThreads = 20, int maxWaiting = 1000)
{
    private static readonly TimeSpan LongestIdle = TimeSpan.FromMinutes(1);

    private readonly object _gate = new();
    private readonly Queue<Action> _work = new();
    private int _threads;
    private int _idle;

    /// <summary>Addresses of a host, in the system's order.</summary>
    /// <param name="family">One family, or <see cref="AddressFamily.Unspecified"/> for both.</param>
    public async ValueTask<NativeAddresses> AddressesAsync(string host, AddressFamily family, CancellationToken stop)
    {
        Task<NativeAddresses>? task = Queue(() =>
        {
            int code = Posix.TryGetAddresses(host, null, family, numericOnly: false, out List<IPEndPoint> found);
            List<IPAddress> addresses = [];
            foreach (IPEndPoint endPoint in found)
            {
                addresses.Add(endPoint.Address);
            }

            return new NativeAddresses(code, addresses);
        });
        return task is null ? new NativeAddresses(NameLookup.Again, []) : await task.WaitAsync(stop);
    }

    /// <summary>The name of an address.</summary>
    public async ValueTask<NativeName> NameAsync(IPAddress address, CancellationToken stop)
    {
        Task<NativeName>? task = Queue(() => new NativeName(Posix.TryGetHostName(address, out string name), name));
        return task is null ? new NativeName(NameLookup.Again, "") : await task.WaitAsync(stop);
    }

    // Null when everything is busy and the queue is full.
    private Task<T>? Queue<T>(Func<T> lookup)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_work.Count >= maxWaiting)
            {
                return null;
            }

            _work.Enqueue(() =>
            {
                try
                {
                    done.SetResult(lookup());
                }
                catch (Exception failure)
                {
                    done.SetException(failure);
                }
            });
            if (_work.Count > _idle && _threads < maxThreads)
            {
                _threads++;
                new Thread(Work, 256 * 1024) { Name = "names", IsBackground = true }.Start();
            }
            else
            {
                Monitor.Pulse(_gate);
            }
        }

        return done.Task;
    }

    private void Work()
    {
        while (true)
        {
            Action work;
            lock (_gate)
            {
                while (_work.Count == 0)
                {
                    _idle++;
                    bool isCalled = Monitor.Wait(_gate, LongestIdle);
                    _idle--;
                    if (!isCalled && _work.Count == 0)
                    {
                        _threads--;
                        return;
                    }
                }

                work = _work.Dequeue();
            }

            work();
        }
    }
}
