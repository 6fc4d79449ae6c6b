using Mta.Mail.Addresses;

namespace Mta.Mail.Tests.Addresses;

public sealed class AddressListTests
{
    [Theory]
    [InlineData("a b", "a, b")]
    [InlineData("a@b.c", "a@b.c")]
    [InlineData("\"q r\"@z , root", "\"q r\"@z, root")]
    [InlineData("[bare] <one@two>", "[bare] <one@two>")]
    [InlineData("<@s1,@s2:user%dom@example.com> junk", "<@s1,@s2:user%dom@example.com>, junk")]
    [InlineData("Group: one@x, two; , =?x?q?y?= <a@b.c>", "Group: one@x, two;, =?x?q?y?= <a@b.c>")]
    [InlineData("\"x, y\" <z>, undisclosed:;", "\"x, y\" <z>, undisclosed: ;")]
    [InlineData("user@dom.tld (c)", "user@dom.tld (c)")]
    [InlineData("a\\ b@c", "\"a b\"@c")]
    [InlineData("<>", "<>")]
    [InlineData("", "")]
    public void Lists_are_regenerated_with_their_commas(string text, string expected) =>
        Assert.Equal(expected, AddressList.Parse(text).ToExternal());

    [Theory]
    [InlineData("a, b, c", 3)]
    [InlineData("a b@c", 2)]
    [InlineData("a@b@c", 1)]
    [InlineData("Group: one, two;", 2)]
    [InlineData("(nothing)", 0)]
    public void Addresses_are_counted(string text, int expected) => Assert.Equal(expected, AddressList.Parse(text).Count);

    [Fact]
    public void Replacing_an_address_leaves_the_text_around_it()
    {
        AddressList list = AddressList.Parse("Joe (x) <joe>, root");
        foreach (AddressNode node in list.Addresses)
        {
            node.Replace(node.ToInternal() + "@example.org");
        }

        Assert.Equal("Joe (x) <joe@example.org>, root@example.org", list.ToExternal());
    }

    [Fact]
    public void Deep_nesting_and_a_million_commas_take_linear_time()
    {
        AddressList.Parse(new string('(', 1_000_000));
        AddressList.Parse(new string(',', 1_000_000));
        AddressList.Parse(new string('<', 1_000_000));
        AddressList.Parse(string.Concat(Enumerable.Repeat("a:b:c:;", 100_000)));
    }
}
