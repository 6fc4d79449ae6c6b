namespace Mta.Tables.Clients;

/// <summary>One server of a table. After a failure it is left alone for a while.</summary>
internal sealed class DatabaseHost(string text)
{
    private long _restUntil = long.MinValue;

    /// <summary>As it stands in the settings.</summary>
    public string Text { get; } = text;

    public bool IsResting => Environment.TickCount64 < Interlocked.Read(ref _restUntil);

    /// <summary>Leaves the server alone.</summary>
    public void Rest(TimeSpan time) => Interlocked.Exchange(ref _restUntil, Environment.TickCount64 + (long)time.TotalMilliseconds);
}

/// <summary>The servers of a table, shared by its threads.</summary>
internal sealed class HostList
{
    private readonly DatabaseHost[] _hosts;

    public HostList(IEnumerable<string> hosts) => _hosts = [.. hosts.Select(static host => new DatabaseHost(host))];

    /// <summary>The servers to try now, those that <paramref name="isOpen"/> first, else in random order: the load is spread.</summary>
    public DatabaseHost[] Candidates(Func<DatabaseHost, bool> isOpen)
    {
        DatabaseHost[] usable = Array.FindAll(_hosts, static host => !host.IsResting);
        Random.Shared.Shuffle(usable);
        return [.. usable.OrderBy(host => isOpen(host) ? 0 : 1)];
    }
}
