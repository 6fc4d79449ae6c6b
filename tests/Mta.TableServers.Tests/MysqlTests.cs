namespace Mta.TableServers.Tests;

public sealed class MysqlServer : TestServer
{
    private bool _made;

    public string Settings => $"hosts = unix:{Directory}/s\nuser = root\ndbname = mail\nretry_interval = 1\n";

    protected override string Command =>
        $"{Servers.Mysql} --no-defaults --datadir={Directory}/data --socket={Directory}/s --pid-file={Directory}/pid --skip-networking --user=nobody --innodb-flush-log-at-trx-commit=2 --innodb-buffer-pool-size=16M --skip-log-bin";

    protected override void Prepare()
    {
        if (!_made)
        {
            Run($"mkdir {Directory}/data && chown nobody {Directory} {Directory}/data && mariadb-install-db --no-defaults --user=nobody --datadir={Directory}/data --auth-root-authentication-method=normal --skip-test-db --innodb-buffer-pool-size=16M");
        }
    }

    protected override bool IsReady() => Succeeds($"mariadb --no-defaults -S {Directory}/s -u root -e 'SELECT 1'");

    protected override void Fill()
    {
        if (!_made)
        {
            Run($"mariadb --no-defaults -S {Directory}/s -u root", "CREATE DATABASE mail CHARACTER SET utf8mb4;\nUSE mail;\n" + SqlContract.Data
                + "CREATE PROCEDURE find(IN k VARCHAR(200)) SELECT value FROM aliases WHERE name = k ORDER BY value;\n");
            _made = true;
        }
    }
}

public sealed class MysqlTests(MysqlServer server) : IClassFixture<MysqlServer>
{
    [ServerFact(Servers.Mysql)]
    public void Hit_and_miss() => SqlContract.Hit_and_miss(Open(SqlContract.Query));

    [ServerFact(Servers.Mysql)]
    public void A_null_is_ignored_with_a_warning() => SqlContract.A_null_is_ignored_with_a_warning(Open(SqlContract.Query));

    [ServerFact(Servers.Mysql)]
    public void Keys_are_only_text() => SqlContract.Keys_are_only_text(Open(SqlContract.Query));

    [ServerFact(Servers.Mysql)]
    public void Queries_with_parts() => SqlContract.Queries_with_parts(Open);

    [ServerFact(Servers.Mysql)]
    public void Too_many_results_are_a_failure() => SqlContract.Too_many_results_are_a_failure(Open);

    [ServerFact(Servers.Mysql)]
    public void A_bad_query_is_a_failure() => SqlContract.A_bad_query_is_a_failure(Open);

    [ServerFact(Servers.Mysql)]
    public void Many_lookups_at_once() => SqlContract.Many_at_once(Open(SqlContract.Query));

    [ServerFact(Servers.Mysql)]
    public void A_server_that_comes_back_is_used_again() => SqlContract.Down_and_back(server, Open(SqlContract.Query));

    [ServerFact(Servers.Mysql)]
    public void A_procedure_is_asked()
    {
        AskedTable table = Open("query = CALL find('%s')\n");
        Assert.Equal("v1,v2", table.Ask("many@example.com"));
        Assert.Equal("one", table.Ask("a@example.com"));
    }

    [ServerFact(Servers.Mysql)]
    public void A_statement_without_rows_is_a_failure_unless_allowed()
    {
        Assert.Equal("!", Open("query = DO '%s'\n").Ask("x"));
        Assert.Equal("-", Open("query = DO '%s'\nrequire_result_set = no\n").Ask("x"));
    }

    [ServerFact(Servers.Mysql)]
    public void A_wrong_password_is_a_failure()
    {
        server.Start();
        AskedTable table = server.Table("mysql", server.Settings.Replace("user = root", "user = stranger\npassword = secret", StringComparison.Ordinal) + SqlContract.Query);
        Assert.Equal("!", table.Ask("a@example.com"));
        Assert.DoesNotContain("secret", table.Warnings[0], StringComparison.Ordinal);
    }

    private AskedTable Open(string settings)
    {
        server.Start();
        return server.Table("mysql", server.Settings + settings);
    }
}
