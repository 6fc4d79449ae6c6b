namespace Mta.Smtp;

/// <summary>
/// The process limit: so many deliveries at a time may have a session or open one. The others find their servers
/// meanwhile and wait here for a place, first come, first served. Whoever is done with a session may hand it on, with
/// the place, to one that waits for the same server, which may pass others by as long as nobody has waited for
/// <see cref="Patience"/>. Thread-safe.
/// </summary>
/// <typeparam name="TSession">What is handed on.</typeparam>
internal sealed class SessionGate<TSession>(int limit, TimeProvider time)
    where TSession : class
{
    /// <summary>Who has waited so long is not passed by.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _line = [];
    private readonly Dictionary<string, LinkedList<Waiter>> _byKey = new(StringComparer.Ordinal);
    private int _taken;

    /// <summary>Somebody waits: a session that ends now may be of use.</summary>
    public bool IsCrowded
    {
        get
        {
            lock (_lock)
            {
                return _line.Count > 0;
            }
        }
    }

    /// <summary>Takes a place if one is free.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_taken >= limit)
            {
                return false;
            }

            _taken++;
            return true;
        }
    }

    /// <summary>Takes a place when it is this caller's turn.</summary>
    /// <param name="keys">Whose sessions will do; distinct.</param>
    /// <returns>A session that was handed on with the place; null: the caller opens his own.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/>: no place was taken.</exception>
    public async ValueTask<TSession?> EnterAsync(IReadOnlyList<string> keys, CancellationToken stop)
    {
        Waiter waiter = new(keys, time.GetTimestamp());
        lock (_lock)
        {
            if (_taken < limit)
            {
                _taken++;
                return null;
            }

            _line.AddLast(waiter.InLine);
            foreach (string key in keys)
            {
                if (!_byKey.TryGetValue(key, out LinkedList<Waiter>? waiters))
                {
                    _byKey.Add(key, waiters = []);
                }

                waiters.AddLast(waiter);
            }
        }

        using CancellationTokenRegistration registration = stop.UnsafeRegister(_ => GiveUp(waiter, stop), null);
        return await waiter.Turn.Task;
    }

    /// <summary>Gives a place back, its session being closed.</summary>
    public void Leave()
    {
        Waiter? next = null;
        lock (_lock)
        {
            if (_line.First is { } first)
            {
                next = first.Value;
                Remove(next);
            }
            else
            {
                _taken--;
            }
        }

        next?.Turn.SetResult(null);
    }

    /// <summary>Gives the caller's place and session to one that waits for it.</summary>
    /// <returns>False when nobody takes it: the caller keeps both.</returns>
    public bool TryHandOn(string key, TSession session)
    {
        Waiter next;
        lock (_lock)
        {
            if (!_byKey.TryGetValue(key, out LinkedList<Waiter>? waiters))
            {
                return false;
            }

            // A key that is listed has a waiter, and so has the line.
            next = waiters.First!.Value;
            Waiter first = _line.First!.Value;
            if (next != first && time.GetElapsedTime(first.Since) >= Patience)
            {
                return false;
            }

            Remove(next);
        }

        next.Turn.SetResult(session);
        return true;
    }

    private void GiveUp(Waiter waiter, CancellationToken stop)
    {
        lock (_lock)
        {
            if (waiter.InLine.List is null)
            {
                return;
            }

            Remove(waiter);
        }

        waiter.Turn.SetCanceled(stop);
    }

    private void Remove(Waiter waiter)
    {
        _line.Remove(waiter.InLine);
        foreach (string key in waiter.Keys)
        {
            LinkedList<Waiter> waiters = _byKey[key];
            waiters.Remove(waiter);
            if (waiters.Count == 0)
            {
                _byKey.Remove(key);
            }
        }
    }

    private sealed class Waiter
    {
        public Waiter(IReadOnlyList<string> keys, long since)
        {
            Keys = keys;
            Since = since;
            InLine = new LinkedListNode<Waiter>(this);
        }

        public IReadOnlyList<string> Keys { get; }

        public long Since { get; }

        public LinkedListNode<Waiter> InLine { get; }

        // Not in the thread of the one that leaves: it has its own work to finish.
        public TaskCompletionSource<TSession?> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
