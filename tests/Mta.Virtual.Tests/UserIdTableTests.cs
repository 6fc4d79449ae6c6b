using Mta.Mail;
using Mta.Mail.Addresses;
using Mta.Tables;

namespace Mta.Virtual.Tests;

public sealed class UserIdTableTests
{
    [Theory]
    [InlineData("1000", 1000u)]
    [InlineData("100", 100u)]
    [InlineData("99", null)]
    [InlineData("-1", null)]
    [InlineData("4294967295", null)]
    [InlineData("4294967396", null)]
    [InlineData("12x", null)]
    public async Task Only_plain_numbers_from_the_minimum_up_are_an_identity(string value, uint? expected) =>
        Assert.Equal(expected, await FindAsync($"static:{value}", "a@b.test"));

    [Fact]
    public async Task A_failing_table_and_a_missing_entry_give_no_identity()
    {
        Assert.Null(await FindAsync("fail:x", "a@b.test"));
        Assert.Null(await FindAsync("inline:{other=1000}", "a@b.test"));
    }

    [Theory]
    [InlineData("a+x@b.test", 1000u)]
    [InlineData("c@b.test", 2000u)]
    public async Task Extension_and_domain_keys_count(string address, uint expected) =>
        Assert.Equal(expected, await FindAsync("inline:{a@b.test=1000, @b.test=2000}", address));

    private static async Task<uint?> FindAsync(string tables, string address)
    {
        TableRegistry registry = new(new TableSettings());
        AddressLookup lookup = new(TableList.Open(registry, "virtual_uid_maps", tables), new AddressExtension("+"), "x.test", null);
        return await new UserIdTable(lookup, "uid", 100).FindAsync(address, default);
    }
}
