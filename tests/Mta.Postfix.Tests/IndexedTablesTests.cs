using Mta.Config;

namespace Mta.Postfix.Tests;

public class IndexedTablesTests
{
    private static List<(string, string, bool)> Find(string mainCf) => IndexedTables.Find(Configuration.FromText("alias_maps =\nalias_database =\n" + mainCf));

    [Fact]
    public void Tables_are_found_in_any_parameter_with_names_expanded()
    {
        Assert.Equal(
            [("hash", "/etc/postfix/transport", false), ("btree", "/x/a", false)],
            Find("transport_maps = hash:$config_directory/transport, proxy:btree:/x/a regexp:/x/b static:c\n").OrderByDescending(t => t.Item1, StringComparer.Ordinal));
    }

    [Fact]
    public void Alias_tables_are_told_apart()
    {
        Assert.Contains(("hash", "/etc/aliases", true), Find("alias_maps = hash:/etc/aliases\n"));
    }

    [Fact]
    public void Tables_within_access_lists_are_found_once()
    {
        Assert.Equal([("hash", "/x/access", false)], Find("smtpd_client_restrictions = check_client_access hash:/x/access, reject\nsmtpd_helo_restrictions = check_helo_access { hash:/x/access, search_order = key }\n"));
    }
}
