using Mta.Mail.Addresses;

namespace Mta.Mail.Tests.Addresses;

public sealed class AddressSyntaxTests
{
    [Theory]
    [InlineData("user@dom", "user@dom")]
    [InlineData("a b@dom", "\"a b\"@dom")]
    [InlineData(".a@dom", "\".a\"@dom")]
    [InlineData("a..b@dom", "\"a..b\"@dom")]
    [InlineData("a\"b\\c@dom", "\"a\\\"b\\\\c\"@dom")]
    [InlineData("user@foo@dom", "\"user@foo\"@dom")]
    [InlineData("@dom", "\"\"@dom")]
    [InlineData("user%x!y|z@dom", "user%x!y|z@dom")]
    [InlineData("@route:us er@dom", "@route:\"us er\"@dom")]
    [InlineData("", "")]
    public void Local_parts_are_quoted_where_rfc822_needs_it(string inside, string outside)
    {
        Assert.Equal(outside, AddressSyntax.ToExternal(inside));
        Assert.Equal(inside, AddressSyntax.ToInternal(outside));
    }

    [Theory]
    [InlineData("user+ext", "+", "user", "ext")]
    [InlineData("user-a+b", "+-", "user", "a+b")]
    [InlineData("+ext", "+", "+ext", null)]
    [InlineData("owner-list", "-", "owner-list", null)]
    [InlineData("list-request", "-", "list-request", null)]
    [InlineData("-request", "-", "-request", null)]
    [InlineData("Mailer-Daemon", "-", "Mailer-Daemon", null)]
    [InlineData("user+", "+", "user", "")]
    public void Extensions_are_split_at_the_first_delimiter(string local, string delimiters, string user, string? extension)
    {
        new AddressExtension(delimiters).Split(local, out string gotUser, out string? gotExtension);
        Assert.Equal((user, extension), (gotUser, gotExtension));
    }

    [Theory]
    [InlineData("example.com", true)]
    [InlineData("a_b.tld", true)]
    [InlineData("a..b", false)]
    [InlineData("-a.tld", false)]
    [InlineData("a-.tld", false)]
    [InlineData("example.com.", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    public void Host_names(string name, bool valid) => Assert.Equal(valid, DomainSyntax.IsValidHostName(name));

    [Theory]
    [InlineData("[127.0.0.1]", true)]
    [InlineData("[IPv6:::1]", true)]
    [InlineData("[::1]", false)]
    [InlineData("[foo]", false)]
    [InlineData("[1.2.3]", false)]
    [InlineData("[1.2.3.256]", false)]
    [InlineData("[]", false)]
    [InlineData("[IPv6:fe80::1%eth0]", false)]
    public void Literals(string literal, bool valid) => Assert.Equal(valid, DomainSyntax.IsValidLiteral(literal));

    [Theory]
    [InlineData("5.7.1 no", "5.7.1", "no")]
    [InlineData("no", "", "no")]
    [InlineData("5.7.1", "5.7.1", "")]
    [InlineData("5.7.1x", "", "5.7.1x")]
    [InlineData("3.7.1 x", "", "3.7.1 x")]
    public void A_leading_status_is_split_off(string text, string status, string rest)
    {
        EnhancedStatus found = default;
        string left = EnhancedStatus.Split(text, ref found);
        Assert.Equal((status, rest), (found.ToString(), left));
    }

    [Fact]
    public void Replies_are_read_and_written()
    {
        Assert.True(Reply.TryParse("550 5.1.1 <x>: no", out Reply reply));
        Assert.Equal(new Reply(550, EnhancedStatus.Create(5, 1, 1), "<x>: no"), reply);
        Assert.Equal("550 5.1.1 <x>: no", reply.ToString());
        Assert.False(Reply.TryParse("5x0 no", out _));
        Assert.True(Reply.TryParse("421", out reply));
        Assert.Equal(new Reply(421, default, ""), reply);
    }
}
