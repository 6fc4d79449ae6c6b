using Mta.Linux;
using Mta.Mail.Queue;

namespace Mta.Qmgr.Feeding;

/// <summary>
/// The scan of one queue directory, name by name, in directory order. A request during a scan is remembered: the
/// scan starts again when it ends. Modifiers join a running scan, and wait for the next one else.
/// </summary>
internal sealed class QueueScan(QueueDirectory directory, string queue) : IDisposable
{
    private IEnumerator<QueueId>? _names;
    private bool _startAgain;
    private bool _pendingIgnoreTimes;
    private bool _pendingOverride;

    public string Queue { get; } = queue;

    public bool IsRunning => _names is not null || _startAgain;

    /// <summary>Files whose time has not come are taken too (trigger A).</summary>
    public bool IgnoresTimes { get; private set; }

    /// <summary>Overrides <c>defer_transports</c> (trigger F).</summary>
    public bool IgnoresDeferTransports { get; private set; }

    public void Request(bool start, bool ignoreTimes, bool ignoreDeferTransports)
    {
        if (_names is not null)
        {
            IgnoresTimes |= ignoreTimes;
            IgnoresDeferTransports |= ignoreDeferTransports;
        }

        // A flush that comes in the middle must reach the files that the running scan has passed already.
        if (_names is null || start)
        {
            _pendingIgnoreTimes |= ignoreTimes;
            _pendingOverride |= ignoreDeferTransports;
        }

        _startAgain |= start;
    }

    /// <summary>The next file name.</summary>
    /// <returns>False when no scan runs or the running one has ended.</returns>
    public bool TryNext(out QueueId id)
    {
        id = default;
        if (_names is null)
        {
            if (!_startAgain)
            {
                return false;
            }

            _startAgain = false;
            IgnoresTimes = _pendingIgnoreTimes;
            IgnoresDeferTransports = _pendingOverride;
            _pendingIgnoreTimes = _pendingOverride = false;
            _names = directory.Scan(Queue).GetEnumerator();
        }

        try
        {
            if (_names.MoveNext())
            {
                id = _names.Current;
                return true;
            }
        }
        catch (LinuxException error)
        {
            LogLines.FileTrouble($"cannot scan queue {Queue}: {error.Message}");
        }

        _names.Dispose();
        _names = null;
        IgnoresTimes = IgnoresDeferTransports = false;
        return false;
    }

    public void Dispose() => _names?.Dispose();
}
