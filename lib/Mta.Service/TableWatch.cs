using NLog;

namespace Mta.Service;

/// <summary>
/// Sees to it that idle processes notice too when the file behind one of their open tables was replaced: the table is
/// opened anew in place. Where this process cannot reach the new file any more, it ends in its own time, and its
/// successor opens it.
/// </summary>
internal sealed class TableWatch : IDisposable
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private readonly ServiceContext _context;
    private readonly ITimer _timer;

    public TableWatch(ServiceContext context)
    {
        _context = context;
        _timer = context.Time.CreateTimer(static watch => ((TableWatch)watch!).Check(), this, Interval, Interval);
    }

    public void Dispose() => _timer.Dispose();

    private void Check()
    {
        try
        {
            if (!_context.Retiring.IsCancellationRequested && _context.Tables.FindChanged() is { } name)
            {
                Log.Info($"table {name} has changed -- restarting");
                _context.Retire();
            }
        }
        catch (IOException error)
        {
            Log.Warn(error.Message);
        }
    }
}
