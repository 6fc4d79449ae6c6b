namespace Mta.Qmgr.Loop;

/// <summary>One future call on the loop. A cancelled timer stays queued, empty, until it is due.</summary>
internal sealed class LoopTimer(Action action)
{
    private Action? _action = action;

    public bool IsCancelled => _action is null;

    public void Cancel() => _action = null;

    public void Fire()
    {
        Action? action = _action;
        _action = null;
        action?.Invoke();
    }
}
