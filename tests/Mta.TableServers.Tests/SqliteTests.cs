using System.Diagnostics;

namespace Mta.TableServers.Tests;

/// <summary>The database is a file: there is no server that could be down.</summary>
public sealed class SqliteTests : IDisposable
{
    private const string Program = "/usr/bin/sqlite3";
    private readonly string _directory = Directory.CreateTempSubdirectory("mta-sqlite-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [ServerFact(Program)]
    public void Hit_and_miss() => SqlContract.Hit_and_miss(Open(SqlContract.Query));

    [ServerFact(Program)]
    public void A_null_is_ignored_with_a_warning() => SqlContract.A_null_is_ignored_with_a_warning(Open(SqlContract.Query));

    [ServerFact(Program)]
    public void Keys_are_only_text() => SqlContract.Keys_are_only_text(Open(SqlContract.Query));

    [ServerFact(Program)]
    public void Queries_with_parts() => SqlContract.Queries_with_parts(Open);

    [ServerFact(Program)]
    public void Too_many_results_are_a_failure() => SqlContract.Too_many_results_are_a_failure(Open);

    [ServerFact(Program)]
    public void A_bad_query_is_a_failure() => SqlContract.A_bad_query_is_a_failure(Open);

    [ServerFact(Program)]
    public void Many_lookups_at_once() => SqlContract.Many_at_once(Open(SqlContract.Query));

    [ServerFact(Program)]
    public void Changes_are_seen_at_once()
    {
        AskedTable table = Open(SqlContract.Query);
        Assert.Equal("one", table.Ask("a@example.com"));
        Sql("UPDATE aliases SET value = 'two' WHERE name = 'a@example.com';");
        Assert.Equal("two", table.Ask("a@example.com"));
    }

    [ServerFact(Program)]
    public void A_missing_file_is_refused_when_the_table_is_opened()
    {
        File.WriteAllText($"{_directory}/x.cf", $"dbpath = {_directory}/none\n" + SqlContract.Query);
        Assert.Throws<Mta.Text.FatalException>(() => new AskedTable($"sqlite:{_directory}/x.cf", writes: false));
    }

    private AskedTable Open(string settings)
    {
        if (!File.Exists($"{_directory}/db"))
        {
            Sql(SqlContract.Data);
        }

        string path = $"{_directory}/{Guid.NewGuid():N}.cf";
        File.WriteAllText(path, $"dbpath = {_directory}/db\n{settings}");
        return new AskedTable($"sqlite:{path}", writes: false);
    }

    private void Sql(string text)
    {
        ProcessStartInfo start = new(Program, [$"{_directory}/db"]) { RedirectStandardInput = true };
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(text);
        process.StandardInput.Close();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
