using Mta.Delivery.Routing;
using Mta.Mail.Protocols;

namespace Mta.Smtp;

/// <summary>
/// Where one delivery gets used sessions from and leaves its own: the gate, at which it has a place from its first
/// connection to its last, from server to server, and the pool. Belongs to one delivery.
/// </summary>
/// <param name="terminating">Ends the wait for a place: what has not begun is left to a later process.</param>
internal sealed class SessionSource(SessionPool pool, SessionGate<SmtpSession> gate, Delivery.Delivery delivery, CancellationToken terminating)
{
    private bool _hasPlace;

    /// <summary>Somebody waits for the end of a session.</summary>
    public bool IsWanted => gate.IsCrowded;

    /// <summary>Waits for a place unless there is one, and looks for a session that will do.</summary>
    /// <param name="servers">Best preference first: any of that will do, others only when their turn has come.</param>
    /// <param name="securityOf">
    /// What is demanded of a server, as <see cref="SmtpSession.PoolKey"/> has it; null when that cannot be told, and nobody's
    /// session will do.
    /// </param>
    /// <param name="takesOver">A session will do that another delivery hands on.</param>
    /// <param name="takesResting">A session of the pool will do.</param>
    /// <returns>Null: there is a place, and a session is to be opened.</returns>
    /// <exception cref="OperationCanceledException">The process is told to end.</exception>
    public async ValueTask<SmtpSession?> TakeAsync(List<ServerAddress> servers, Func<ServerAddress, ValueTask<string?>> securityOf, bool takesOver, bool takesResting)
    {
        IEnumerable<ServerAddress> best = servers.TakeWhile(server => server.Preference == servers[0].Preference);
        if (!_hasPlace && await EnterAsync(takesOver ? best : [], securityOf) is SmtpSession handedOn)
        {
            return handedOn;
        }

        foreach (ServerAddress server in takesResting ? best : [])
        {
            if (await securityOf(server) is { } security && pool.TryTake(server, security) is SmtpSession resting)
            {
                return resting;
            }
        }

        return null;
    }

    /// <inheritdoc cref="SessionPool.Put"/>
    public void Rest(SmtpSession session) => pool.Put(session);

    /// <summary>Gives session and place to a delivery that waits for them.</summary>
    /// <returns>False when there is none, or the session cannot serve it: both stay here.</returns>
    public bool TryHandOn(SmtpSession session)
    {
        if (!_hasPlace || !session.MayBeReused || session.IsStale || !gate.TryHandOn(session.PoolKey, session))
        {
            return false;
        }

        _hasPlace = false;
        return true;
    }

    /// <summary>Gives the place back, if there is one, after its session.</summary>
    public void Leave()
    {
        if (_hasPlace)
        {
            _hasPlace = false;
            gate.Leave();
        }
    }

    private async ValueTask<SmtpSession?> EnterAsync(IEnumerable<ServerAddress> servers, Func<ServerAddress, ValueTask<string?>> securityOf)
    {
        if (gate.TryEnter())
        {
            _hasPlace = true;
            return null;
        }

        Dictionary<string, ServerAddress> wanted = new(StringComparer.Ordinal);
        foreach (ServerAddress server in servers)
        {
            if (await securityOf(server) is { } security)
            {
                wanted.TryAdd(server.Key + security, server);
            }
        }

        long began = MessageTimes.Now(TimeProvider.System);
        SmtpSession? session = await gate.EnterAsync([.. wanted.Keys], terminating);
        _hasPlace = true;

        // In the log it is the queue manager's time, as if that had waited for a process: no connection was begun yet.
        delivery.Times = delivery.Times with { HandOff = delivery.Times.HandOff + MessageTimes.Now(TimeProvider.System) - began };
        session?.Reuse(wanted[session.PoolKey]);
        return session;
    }
}
