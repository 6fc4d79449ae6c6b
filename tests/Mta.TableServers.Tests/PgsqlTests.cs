namespace Mta.TableServers.Tests;

public sealed class PgsqlServer : TestServer
{
    private const string Programs = "/usr/lib/postgresql/15/bin";
    private bool _made;

    public string Settings => $"hosts = unix:{Directory}\nuser = postgres\ndbname = postgres\nretry_interval = 1\n";

    protected override string Command =>
        $"setpriv --reuid=postgres --regid=postgres --clear-groups {Programs}/postgres -D {Directory}/data -k {Directory} -c listen_addresses= -c fsync=off";

    protected override void Prepare()
    {
        if (!_made)
        {
            Run($"chown postgres {Directory} && setpriv --reuid=postgres --regid=postgres --clear-groups {Programs}/initdb -D {Directory}/data -A trust -U postgres -E UTF8 --no-sync --no-instructions");
        }
        else
        {
            File.Delete($"{Directory}/data/postmaster.pid");
        }
    }

    protected override bool IsReady() => Succeeds($"{Programs}/pg_isready -q -h {Directory}");

    protected override void Fill()
    {
        if (!_made)
        {
            Run($"{Programs}/psql -q -v ON_ERROR_STOP=1 -h {Directory} -U postgres postgres", SqlContract.Data
                + "CREATE FUNCTION find(text) RETURNS text LANGUAGE sql AS 'SELECT max(value) FROM aliases WHERE name = $1';\n");
            _made = true;
        }
    }
}

public sealed class PgsqlTests(PgsqlServer server) : IClassFixture<PgsqlServer>
{
    [ServerFact(Servers.Pgsql)]
    public void Hit_and_miss() => SqlContract.Hit_and_miss(Open(SqlContract.Query));

    [ServerFact(Servers.Pgsql)]
    public void A_null_is_ignored_with_a_warning() => SqlContract.A_null_is_ignored_with_a_warning(Open(SqlContract.Query));

    [ServerFact(Servers.Pgsql)]
    public void Keys_are_only_text() => SqlContract.Keys_are_only_text(Open(SqlContract.Query));

    [ServerFact(Servers.Pgsql)]
    public void Queries_with_parts() => SqlContract.Queries_with_parts(Open);

    [ServerFact(Servers.Pgsql)]
    public void Too_many_results_are_a_failure() => SqlContract.Too_many_results_are_a_failure(Open);

    [ServerFact(Servers.Pgsql)]
    public void A_bad_query_is_a_failure() => SqlContract.A_bad_query_is_a_failure(Open);

    [ServerFact(Servers.Pgsql)]
    public void Many_lookups_at_once() => SqlContract.Many_at_once(Open(SqlContract.Query));

    [ServerFact(Servers.Pgsql)]
    public void A_server_that_comes_back_is_used_again() => SqlContract.Down_and_back(server, Open(SqlContract.Query));

    [ServerFact(Servers.Pgsql)]
    public void A_function_is_asked() => Assert.Equal("v2", Open("select_function = find\n").Ask("many@example.com"));

    [ServerFact(Servers.Pgsql)]
    public void The_next_server_is_asked_when_one_is_down()
    {
        server.Start();
        AskedTable table = server.Table("pgsql", server.Settings.Replace("hosts = ", "hosts = unix:/nonexistent ", StringComparison.Ordinal) + SqlContract.Query);
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal("one", table.Ask("a@example.com"));
        }
    }

    [ServerFact(Servers.Pgsql)]
    public void A_query_that_takes_too_long_does_not_hold_others()
    {
        AskedTable table = Open("query = SELECT CASE WHEN '%s' = 'slow' THEN pg_sleep(5)::text ELSE 'quick' END\n");
        Task<Mta.Tables.LookupResult> slow = table.Table.LookupAsync("slow").AsTask();
        Assert.Equal("quick", table.Ask("other"));
        Assert.False(slow.IsCompleted);
    }

    private AskedTable Open(string settings)
    {
        server.Start();
        return server.Table("pgsql", server.Settings + settings);
    }
}
