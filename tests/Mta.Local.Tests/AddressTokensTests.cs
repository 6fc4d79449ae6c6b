namespace Mta.Local.Tests;

public sealed class AddressTokensTests
{
    [Theory]
    [InlineData("a, b", "a|b")]
    [InlineData("a b", "a|b")]
    [InlineData("a@x.test,\tb@y.test ,,", "a@x.test|b@y.test")]
    [InlineData("user @ example.test", "user@example.test")]
    [InlineData("Joe User <joe@x.test>, b", "joe@x.test|b")]
    [InlineData("\"Joe, User\" <joe@x.test>", "joe@x.test")]
    [InlineData("<@r.test,@s.test:joe@x.test>", "joe@x.test")]
    [InlineData("friends: a, b; c", "a|b|c")]
    [InlineData("a (a comment (nested)) , b", "a|b")]
    [InlineData("\"a b\"@x.test", "a b@x.test")]
    [InlineData("a@[127.0.0.1]", "a@[127.0.0.1]")]
    [InlineData("\\user, b", "user|b")]
    [InlineData("", "")]
    [InlineData(" , ", "")]
    public void Addresses_come_in_internal_form(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', AddressTokens.Parse(text)));

    [Theory]
    [InlineData("|/usr/bin/procmail", "|/usr/bin/procmail")]
    [InlineData("\"|cmd a, b \\\"c\\\"\"", "|cmd a, b \"c\"")]
    [InlineData("/var/log/mail", "/var/log/mail")]
    [InlineData("\"/path with space/x\"", "/path with space/x")]
    [InlineData("~/mail", "~/mail")]
    [InlineData(":include:/etc/list", ":include:/etc/list")]
    [InlineData("\":include:/etc/a list\"", ":include:/etc/a list")]
    [InlineData(":INCLUDE:/etc/list", ":include:/etc/list")]
    public void Files_commands_and_includes_are_one_address(string text, string expected) =>
        Assert.Equal([expected], AddressTokens.Parse(text));

    [Fact]
    public void The_null_address_is_an_address() => Assert.Equal([""], AddressTokens.Parse("\"\""));

    [Theory]
    [InlineData("(((")]
    [InlineData("\"unfinished")]
    [InlineData("<a")]
    [InlineData("a@[1.2")]
    [InlineData(":::;;>>))]]")]
    [InlineData("\\")]
    public void Broken_text_ends_the_parse(string text) => AddressTokens.Parse(text);
}
