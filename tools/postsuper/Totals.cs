using NLog;

namespace Mta.Postsuper;

/// <summary>What was done, for the lines at the end.</summary>
internal sealed class Totals
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public int Requeued { get; set; }

    public int Deleted { get; set; }

    public int Expired { get; set; }

    public int Held { get; set; }

    public int Released { get; set; }

    public int Renamed { get; set; }

    /// <summary>What to warn of at the very end.</summary>
    public string Warning { get; set; } = "";

    /// <summary>One line for each kind of action that was asked for.</summary>
    public void Report(PostsuperOptions options)
    {
        bool Asked(MessageAction action, MessageAction? other = null) =>
            options.Actions.Exists(request => request.Action == action || request.Action == other);

        if (Asked(MessageAction.Requeue))
        {
            Line("Requeued", Requeued);
        }

        if (Asked(MessageAction.Delete))
        {
            Line("Deleted", Deleted);
        }

        if (Asked(MessageAction.Expire, MessageAction.ExpireAndRelease))
        {
            Line("Force-expired", Expired);
        }

        if (Asked(MessageAction.Hold))
        {
            Line("Placed on hold", Held);
        }

        if (Asked(MessageAction.Release, MessageAction.ExpireAndRelease))
        {
            Line("Released from hold", Released);
        }

        if (Renamed > 0)
        {
            Line("Renamed to match inode number", Renamed);
        }
    }

    private static void Line(string what, int count) => Log.Info($"{what}: {count} message{(count == 1 ? "" : "s")}");
}
