using System.Globalization;

namespace Mta.TableServers.Tests;

/// <summary>What every SQL table promises, whoever the server is.</summary>
internal static class SqlContract
{
    /// <summary>One table <c>aliases(name, value)</c> with what the tests look for.</summary>
    public const string Data = """
        CREATE TABLE aliases (name VARCHAR(200), value VARCHAR(200));
        INSERT INTO aliases VALUES ('a@example.com', 'one');
        INSERT INTO aliases VALUES ('many@example.com', 'v1');
        INSERT INTO aliases VALUES ('many@example.com', 'v2');
        INSERT INTO aliases VALUES ('null@example.com', NULL);
        INSERT INTO aliases VALUES ('empty@example.com', '');
        INSERT INTO aliases VALUES ('o''hara@example.com', 'quoted');
        INSERT INTO aliases VALUES ('x@mail.example.org', 'box@host.example');

        """;

    public const string Query = "query = SELECT value FROM aliases WHERE name = '%s' ORDER BY value\n";

    public static void Hit_and_miss(AskedTable table)
    {
        Assert.Equal("one", table.Ask("a@example.com"));
        Assert.Equal("one", table.Ask("A@EXAMPLE.com"));
        Assert.Equal("-", table.Ask("b@example.com"));
        Assert.Equal("v1,v2", table.Ask("many@example.com"));
        Assert.Empty(table.Warnings);
    }

    public static void A_null_is_ignored_with_a_warning(AskedTable table)
    {
        Assert.Equal("-", table.Ask("null@example.com"));
        Assert.Equal("-", table.Ask("empty@example.com"));
        Assert.Equal(2, table.Warnings.Length);
        Assert.Equal($"table \"{table.Table.Reference}\": empty lookup result for: \"null@example.com\" -- ignored", table.Warnings[0]);
    }

    /// <summary>Nothing that a stranger writes ends the quoted text.</summary>
    public static void Keys_are_only_text(AskedTable table)
    {
        Assert.Equal("quoted", table.Ask("o'hara@example.com"));
        string[] attacks =
        [
            "' OR '1'='1", "'; DROP TABLE aliases; --", "\\' OR 1=1 -- ", "\\", "'", "''", "%' OR name LIKE '%", "\u00bf' OR 1=1 -- ", "$1", "$$", "\"", "`",
            "x' UNION SELECT 'evil", "\n' OR '1'='1", "\x1a",
        ];
        foreach (string attack in attacks)
        {
            Assert.Equal("-", table.Ask(attack));
        }

        Assert.Equal("one", table.Ask("a@example.com"));
    }

    public static void Queries_with_parts(Func<string, AskedTable> open)
    {
        AskedTable parts = open("query = SELECT value FROM aliases WHERE name = '%u@%3.%2.%1'\nresult_format = %u|%d|%S\n");
        Assert.Equal("box|host.example|x@mail.example.org", parts.Ask("x@mail.example.org"));
        Assert.Equal("-", parts.Ask("x@example.org"));
        Assert.Equal("-", parts.Ask("x"));
        AskedTable domain = open(Query + "domain = example.com\n");
        Assert.Equal("one", domain.Ask("a@example.com"));
        Assert.Equal("-", domain.Ask("x@mail.example.org"));
        AskedTable classic = open("table = aliases\nselect_field = value\nwhere_field = name\nadditional_conditions = AND value <> 'v2'\n");
        Assert.Equal("v1", classic.Ask("many@example.com"));
    }

    public static void Too_many_results_are_a_failure(Func<string, AskedTable> open)
    {
        AskedTable limited = open(Query + "expansion_limit = 1\n");
        Assert.Equal("one", limited.Ask("a@example.com"));
        Assert.Equal("!", limited.Ask("many@example.com"));
        Assert.Contains("Expansion limit exceeded for key: 'many@example.com'", limited.Warnings[0], StringComparison.Ordinal);
    }

    public static void A_bad_query_is_a_failure(Func<string, AskedTable> open)
    {
        AskedTable bad = open("query = SELECT nothing FROM nowhere WHERE x = '%s'\n");
        Assert.Equal("!", bad.Ask("a@example.com"));
        Assert.StartsWith($"{bad.Table.Type} query failed:", bad.Warnings[0], StringComparison.Ordinal);
    }

    public static void Many_at_once(AskedTable table)
    {
        Task<Mta.Tables.LookupResult>[] lookups = new Task<Mta.Tables.LookupResult>[400];
        for (int i = 0; i < lookups.Length; i++)
        {
            lookups[i] = table.Table.LookupAsync(i % 2 == 0 ? "a@example.com" : string.Create(CultureInfo.InvariantCulture, $"n{i}@example.com")).AsTask();
        }

        Assert.True(Task.WaitAll(lookups, 60_000));
        for (int i = 0; i < lookups.Length; i++)
        {
            Assert.Equal(i % 2 == 0 ? Mta.Tables.LookupStatus.Found : Mta.Tables.LookupStatus.NotFound, lookups[i].Result.Status);
        }
    }

    /// <summary>A server that goes away fails lookups; when it is back, they work again.</summary>
    public static void Down_and_back(TestServer server, AskedTable table)
    {
        Assert.Equal("one", table.Ask("a@example.com"));
        server.Stop();
        Assert.Equal("!", table.Ask("a@example.com"));
        server.Start();
        Answers(table, "a@example.com", "one");
        server.Stop();
        server.Start();
        Answers(table, "a@example.com", "one");
    }

    /// <summary>Waits for an answer.</summary>
    public static void Answers(AskedTable table, string key, string answer)
    {
        string last = "";
        Assert.True(
            SpinWait.SpinUntil(() => (last = table.Ask(key)) == answer || Pause(), TimeSpan.FromSeconds(30)),
            $"not within 30 s: got {last}, want {answer}\n{string.Join('\n', table.Warnings.TakeLast(5))}");
    }

    public static void SpinUntil(Func<bool> condition) =>
        Assert.True(SpinWait.SpinUntil(() => condition() || Pause(), TimeSpan.FromSeconds(30)), "not within 30 s");

    private static bool Pause()
    {
        Thread.Sleep(50);
        return false;
    }
}
