using Mta.Linux;

namespace Mta.Delivery.Orders;

/// <summary>
/// The one identity that a process holds at a time. Orders of the same identity run at the same time; the parent sees to
/// it that others come only when all have ended, and this class does not take its word for it.
/// </summary>
/// <remarks>
/// libc's calls change every thread of the process. Real and saved user stay root, so the way back is open, and the
/// user whose identity it is cannot signal or trace the process.
/// </remarks>
internal sealed class WorkerIdentity
{
    private readonly Lock _lock = new();
    private readonly bool _isFixed;
    private uint _user;
    private uint _group;
    private int _running;

    private WorkerIdentity(bool isFixed, uint user, uint group)
    {
        _isFixed = isFixed;
        _user = user;
        _group = group;
    }

    /// <summary>An unprivileged process: everything runs as the caller, whatever the order says.</summary>
    public static WorkerIdentity Unprivileged() => new(isFixed: true, 0, 0);

    /// <summary>A process whose real user is root takes root's effective identity and can take others.</summary>
    /// <exception cref="LinuxException">It is not root.</exception>
    public static WorkerIdentity Privileged()
    {
        // The parent works as the mail owner, whose trace exec leaves in the saved identity.
        Posix.SetEffectiveUser(0);
        Posix.BecomeForGood(0, 0, [0]);
        return new WorkerIdentity(isFixed: false, 0, 0);
    }

    public bool IsPrivileged => !_isFixed;

    /// <summary>Begins an order.</summary>
    /// <exception cref="LinuxException">The identity could not be taken: the process must end.</exception>
    /// <exception cref="InvalidOperationException">Orders of another identity are still running: the process must end.</exception>
    public void Enter(uint user, uint group)
    {
        lock (_lock)
        {
            if (_running > 0 && !_isFixed && (user != _user || group != _group))
            {
                throw new InvalidOperationException("two identities at a time");
            }

            Take(user, group);
            _running++;
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            _running--;
        }
    }

    /// <summary>Changes the identity in the middle of an exclusive order.</summary>
    /// <exception cref="LinuxException">The identity could not be taken: the process must end.</exception>
    public void Change(uint user, uint group)
    {
        lock (_lock)
        {
            if (_running != 1)
            {
                throw new InvalidOperationException("two identities at a time");
            }

            Take(user, group);
        }
    }

    private void Take(uint user, uint group)
    {
        if (!_isFixed && (user != _user || group != _group))
        {
            Posix.BecomeEffective(user, group, [group]);
            _user = user;
            _group = group;
        }
    }
}
