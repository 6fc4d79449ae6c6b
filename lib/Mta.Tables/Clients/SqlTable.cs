using Mta.Linux;
using Mta.Text;

namespace Mta.Tables.Clients;

/// <summary>An open database connection of one thread.</summary>
internal interface ISqlConnection : IDisposable
{
    /// <summary>False when the text cannot stand in a query at all: nothing can match it.</summary>
    bool TryEscape(string text, out string escaped);

    /// <exception cref="DatabaseException">The query failed.</exception>
    void Query(string query, Action<string?> row);
}

/// <summary>
/// A table that is a query to a database: <c>pgsql:</c>, <c>mysql:</c>, <c>sqlite:</c>. Keys are escaped by the
/// database's own rules before they are put into the query. Servers are tried in turn; one that failed is left alone
/// for <c>retry_interval</c>. A failure of any kind is temporary.
/// </summary>
internal abstract class SqlTable : LookupTable
{
    /// <summary>Longest time of one query, in milliseconds.</summary>
    protected const int QueryTime = 30_000;
    private const int Threads = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);
    private readonly QueryTemplate _query;
    private readonly QueryTemplate _format;
    private readonly DomainFilter _domains;
    private readonly int _limit;
    private readonly TimeSpan _rest;
    private readonly HostList _hosts;
    private readonly BlockingWorkers<Worker> _workers;

    protected SqlTable(TableRegistry registry, string type, string name, TableFlags flags, ClientSettings settings, string query, IEnumerable<string> hosts)
        : base(registry, type, name, flags | TableFlags.Fixed)
    {
        Owner = settings.Owner;
        _query = QueryTemplate.Parse(query, name, "query");
        _format = QueryTemplate.Parse(settings.Text("result_format", "%s"), name, "result");
        _domains = DomainFilter.Open(registry, settings);
        _limit = settings.Number("expansion_limit", 0);
        _rest = TimeSpan.FromSeconds(settings.Seconds("retry_interval", 60));
        _hosts = new HostList(hosts);
        _workers = new BlockingWorkers<Worker>(() => new Worker(this), Threads, TimeSpan.FromSeconds(Math.Max(1, settings.Seconds("idle_interval", 60))), Patience);
    }

    public override TableOwner Owner { get; }

    /// <summary>Called by the thread that will use the connection.</summary>
    /// <exception cref="DatabaseException">No connection.</exception>
    protected abstract ISqlConnection Connect(string host);

    /// <summary>Called when a thread ends.</summary>
    protected virtual void EndThread()
    {
    }

    /// <summary>The query of the old settings, where there is none of the new one.</summary>
    protected static string ClassicQuery(ClientSettings settings)
    {
        string query = settings.Text("query");
        if (query.Length > 0)
        {
            return query;
        }

        string select = settings.Required("select_field");
        string table = settings.Required("table");
        string where = settings.Required("where_field");
        return $"SELECT {select} FROM {table} WHERE {where}='%s' {settings.Text("additional_conditions")}";
    }

    protected override async ValueTask<LookupResult> FindAsync(string key, CancellationToken stop)
    {
        bool? admitted = await _domains.AdmitsAsync(key, stop);
        if (admitted is null)
        {
            return LookupResult.Failed($"{Reference}: domain list lookup problem");
        }

        if (admitted is false || key.Contains('\0', StringComparison.Ordinal) || !_query.TryExpand(key, static text => text, out _))
        {
            return LookupResult.NotFound;
        }

        return await _workers.RunAsync(worker => worker.Find(key), stop);
    }

    private sealed class Worker(SqlTable table) : IDisposable
    {
        private readonly Dictionary<DatabaseHost, ISqlConnection> _open = [];

        public LookupResult Find(string key)
        {
            string reason = $"{table.Reference}: no server is usable";
            foreach (DatabaseHost host in table._hosts.Candidates(_open.ContainsKey))
            {
                // A connection that was open may have been closed by the server: that alone does not count against it.
                bool reused = _open.ContainsKey(host);
                while (true)
                {
                    try
                    {
                        return Ask(host, key);
                    }
                    catch (DatabaseException error)
                    {
                        // Whatever went wrong, the next lookup begins with a connection of its own.
                        Drop(host);
                        if (reused && error.ConnectionLost)
                        {
                            reused = false;
                            continue;
                        }

                        reason = $"{table.Reference}: {error.Message}";
                        string server = table.Type == "sqlite" ? "" : $" host {host.Text}:";
                        table.Registry.Settings.Warning($"{table.Type} query failed:{server} {Printable.Neutralize(error.Message.Replace('\n', ' '))}");
                        if (error.ConnectionLost && table.Type != "sqlite")
                        {
                            host.Rest(table._rest);
                        }

                        break;
                    }
                }
            }

            return LookupResult.Failed(reason);
        }

        public void Dispose()
        {
            foreach (ISqlConnection connection in _open.Values)
            {
                connection.Dispose();
            }

            table.EndThread();
        }

        private LookupResult Ask(DatabaseHost host, string key)
        {
            if (!_open.TryGetValue(host, out ISqlConnection? connection))
            {
                connection = table.Connect(host.Text);
                _open.Add(host, connection);
            }

            bool isText = true;
            bool expanded = table._query.TryExpand(
                key,
                text =>
                {
                    isText &= connection.TryEscape(text, out string escaped);
                    return escaped;
                },
                out string query);
            if (!isText || !expanded)
            {
                return LookupResult.NotFound;
            }

            ResultCollector collector = new(table, table.Registry.Settings, table._format, table._limit, key);
            connection.Query(query, collector.Add);
            return collector.Result;
        }

        private void Drop(DatabaseHost host)
        {
            if (_open.Remove(host, out ISqlConnection? connection))
            {
                connection.Dispose();
            }
        }
    }
}
