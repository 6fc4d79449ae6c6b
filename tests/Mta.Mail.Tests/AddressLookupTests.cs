using Mta.Config;
using Mta.Mail.Addresses;
using Mta.Tables;

namespace Mta.Mail.Tests;

public sealed class AddressLookupTests
{
    [Theory]
    [InlineData("inline:{u+e@d.tld=1,u@d.tld=2}", "u+e@d.tld", "1", "")]
    [InlineData("inline:{u@d.tld=2,@d.tld=3}", "u+e@d.tld", "2", "+e")]
    [InlineData("inline:{u+e=1,u=2}", "u+e@local.tld", "1", "")]
    [InlineData("inline:{u=2}", "u+e@local.tld", "2", "+e")]
    [InlineData("inline:{u=2}", "u+e@ORIGIN.tld", "2", "+e")]
    [InlineData("inline:{u=2}", "u@d.tld", "-", "")]
    [InlineData("inline:{@d.tld=3}", "u+e@d.tld", "3", "")]
    [InlineData("inline:{@d.tld=3}", "U@D.TLD", "3", "")]
    [InlineData("inline:{u=2}", "u+e", "2", "+e")]
    [InlineData("regexp:{{/^u@d/ r}}", "u+e@d.tld", "-", "")]
    [InlineData("regexp:{{/^u.e@d/ r}}", "u+e@d.tld", "r", "")]
    [InlineData("fail:x", "u@d.tld", "!", "")]
    [InlineData("static:x", "", "-", "")]
    public async Task Keys_are_tried_in_order(string tables, string address, string value, string extension)
    {
        AddressLookupResult result = await Lookup(tables).FindAsync(address);
        Assert.Equal((value, extension), (Show(result), result.UnmatchedExtension));
    }

    [Theory]
    [InlineData(AddressForm.External, "-")]
    [InlineData(AddressForm.ExternalThenInternal, "1")]
    public async Task The_internal_form_is_tried_where_asked_for(AddressForm form, string expected)
    {
        Assert.Equal(expected, Show(await Lookup("internal:keys", table => table.Update("a b@d.tld", "1")).FindAsync("a b@d.tld", form)));
    }

    [Fact]
    public async Task The_domain_alone_is_a_key_where_asked_for() =>
        Assert.Equal("1", Show(await Lookup("inline:{d.tld=1}").FindAsync("u@d.tld", keys: AddressKeys.Full | AddressKeys.Domain)));

    [Fact]
    public async Task A_local_test_that_fails_fails_the_lookup() =>
        Assert.True((await Lookup("inline:{a=b}", isLocal: MatchResult.Failed).FindAsync("u@d.tld")).IsFailed);

    private static string Show(AddressLookupResult result) => result.IsFound ? result.Value : result.IsFailed ? "!" : "-";

    private static AddressLookup Lookup(string tables, Action<LookupTable>? fill = null, MatchResult? isLocal = null)
    {
        TableList list = TableList.Open(new TableRegistry(new TableSettings()), "maps", tables);
        fill?.Invoke(list.Tables[0]);
        return new AddressLookup(list, new AddressExtension("+"), "origin.tld", (domain, _) => new ValueTask<MatchResult>(isLocal ?? (domain == "local.tld" ? MatchResult.Yes : MatchResult.No)));
    }
}
