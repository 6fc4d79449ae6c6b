using Mta.Qmgr.Scheduling;

namespace Mta.Qmgr.Agents;

/// <summary>
/// Agents that wait for another request, newest first. One that closes, or was idle for a few seconds, is dropped;
/// a transport whose agents take one request per connection never has any here.
/// </summary>
internal sealed class AgentPool(long idleSeconds)
{
    private readonly Dictionary<Transport, Stack<AgentConnection>> _idle = [];

    public bool TryTake(Transport transport, out AgentConnection connection)
    {
        if (_idle.TryGetValue(transport, out Stack<AgentConnection>? stack))
        {
            while (stack.TryPop(out connection!))
            {
                // A connection that was dropped while it waited stays in the stack until it surfaces.
                if (connection.IdleSince != 0)
                {
                    Leave(connection);
                    return true;
                }
            }
        }

        connection = null!; // the caller looks at the result
        return false;
    }

    public void Add(AgentConnection connection, long now)
    {
        if (!_idle.TryGetValue(connection.Transport, out Stack<AgentConnection>? stack))
        {
            stack = new Stack<AgentConnection>();
            _idle.Add(connection.Transport, stack);
        }

        connection.IdleSince = now;
        connection.Transport.IdleAgents++;
        connection.Stream.UnexpectedInput = () => Drop(connection);
        stack.Push(connection);
    }

    /// <summary>Closes agents that had nothing to do.</summary>
    public void CloseIdle(long now)
    {
        foreach (Stack<AgentConnection> stack in _idle.Values)
        {
            bool anyDead = false;
            foreach (AgentConnection connection in stack)
            {
                if (connection.IdleSince != 0 && now - connection.IdleSince > idleSeconds)
                {
                    Drop(connection);
                }

                anyDead |= connection.IdleSince == 0;
            }

            if (anyDead)
            {
                AgentConnection[] alive = stack.Where(static connection => connection.IdleSince != 0).Reverse().ToArray();
                stack.Clear();
                foreach (AgentConnection connection in alive)
                {
                    stack.Push(connection);
                }
            }
        }
    }

    private static void Drop(AgentConnection connection)
    {
        Leave(connection);
        connection.Dispose();
    }

    private static void Leave(AgentConnection connection)
    {
        connection.IdleSince = 0;
        connection.Transport.IdleAgents--;
        connection.Stream.UnexpectedInput = null;
    }
}
