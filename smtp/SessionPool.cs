using Mta.Delivery.Routing;

namespace Mta.Smtp;

/// <summary>
/// Sessions that rest between deliveries, by address. A session rests for a short time, then it is ended properly.
/// One process serves many deliveries, so this takes the place of a connection cache service. Thread-safe.
/// </summary>
internal sealed class SessionPool : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Stack<(SmtpSession Session, long ExpiresAt)>> _resting = new(StringComparer.Ordinal);
    private readonly long _restTime;
    private readonly Timer _timer;
    private int _count;
    private bool _isClosed;

    public SessionPool(TimeSpan restTime)
    {
        _restTime = (long)restTime.TotalMilliseconds;
        _timer = new Timer(static self => ((SessionPool)self!).EndExpired(), this, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>Takes a session to this address, in whose dialogue nothing unexpected has happened since.</summary>
    /// <returns>Null when there is none.</returns>
    /// <param name="server">The address.</param>
    /// <param name="security">What is demanded of the server: the policy's key.</param>
    public SmtpSession? TryTake(ServerAddress server, string security)
    {
        while (true)
        {
            SmtpSession session;
            lock (_lock)
            {
                if (!_resting.TryGetValue(server.Key + security, out Stack<(SmtpSession Session, long ExpiresAt)>? stack) || !stack.TryPop(out (SmtpSession Session, long ExpiresAt) entry))
                {
                    return null;
                }

                _count--;
                session = entry.Session;
            }

            if (!session.IsStale)
            {
                session.Reuse(server);
                return session;
            }

            session.Dispose();
        }
    }

    /// <summary>Puts a session to rest; the pool owns it from now on.</summary>
    public void Put(SmtpSession session)
    {
        lock (_lock)
        {
            if (!_isClosed)
            {
                if (!_resting.TryGetValue(session.PoolKey, out Stack<(SmtpSession Session, long ExpiresAt)>? stack))
                {
                    _resting[session.PoolKey] = stack = new Stack<(SmtpSession Session, long ExpiresAt)>();
                }

                stack.Push((session, Environment.TickCount64 + _restTime));
                if (_count++ == 0)
                {
                    _timer.Change(_restTime, 500);
                }

                return;
            }
        }

        End(session);
    }

    /// <summary>Ends all resting sessions; further ones are ended at once.</summary>
    public void Dispose()
    {
        List<SmtpSession> sessions = [];
        lock (_lock)
        {
            _isClosed = true;
            foreach (Stack<(SmtpSession Session, long ExpiresAt)> stack in _resting.Values)
            {
                foreach ((SmtpSession session, _) in stack)
                {
                    sessions.Add(session);
                }
            }

            _resting.Clear();
        }

        _timer.Dispose();
        sessions.ForEach(End);
    }

    private static void End(SmtpSession session) => _ = session.QuitAsync(CancellationToken.None).AsTask();

    private void EndExpired()
    {
        List<SmtpSession> expired = [];
        lock (_lock)
        {
            long now = Environment.TickCount64;
            List<string> empty = [];
            foreach ((string key, Stack<(SmtpSession Session, long ExpiresAt)> stack) in _resting)
            {
                Keep(stack, now, expired);
                if (stack.Count == 0)
                {
                    empty.Add(key);
                }
            }

            empty.ForEach(key => _resting.Remove(key));
            _count -= expired.Count;
            if (_count == 0)
            {
                _timer.Change(Timeout.Infinite, Timeout.Infinite);
            }
        }

        expired.ForEach(End);
    }

    private static void Keep(Stack<(SmtpSession Session, long ExpiresAt)> stack, long now, List<SmtpSession> expired)
    {
        (SmtpSession Session, long ExpiresAt)[] entries = [.. stack];
        stack.Clear();
        for (int i = entries.Length - 1; i >= 0; i--)
        {
            if (entries[i].ExpiresAt <= now)
            {
                expired.Add(entries[i].Session);
            }
            else
            {
                stack.Push(entries[i]);
            }
        }
    }
}
