using Mta.Mail.Addresses;

namespace Mta.Mail.Tests.Addresses;

public sealed class SmtpPathTests
{
    [Theory]
    [InlineData("<a@b>", "a@b")]
    [InlineData("<>", "")]
    [InlineData("a@b", "a@b")]
    [InlineData("<\"a b\"@c>", "a b@c")]
    [InlineData("<a@b@c>", "a@b@c")]
    [InlineData("<@a,@b:u@d>", "u@d")]
    [InlineData("<a@b(comment)>", "a@b")]
    [InlineData("<postmaster>", "postmaster")]
    [InlineData("<a@[127.0.0.1]>", "a@[127.0.0.1]")]
    public void Lax_parsing_takes_a_mailbox(string text, string expected)
    {
        Assert.True(SmtpPath.TryParse(text, strict: false, out string address));
        Assert.Equal(expected, address);
    }

    [Theory]
    [InlineData("<a b@c>")]
    [InlineData("<a>,<b>")]
    [InlineData("")]
    [InlineData(">")]
    [InlineData("a@b>")]
    [InlineData("<<a@b>>")]
    [InlineData("<x<a@b>>")]
    [InlineData("<g:;>")]
    [InlineData("<a;b@c>")]
    public void Several_addresses_or_none_are_refused(string text) => Assert.False(SmtpPath.TryParse(text, strict: false, out _));

    [Theory]
    [InlineData("a@b")]
    [InlineData("x<a@b>")]
    [InlineData("<a@b>(c)")]
    public void Strict_parsing_wants_brackets_and_nothing_else(string text) => Assert.False(SmtpPath.TryParse(text, strict: true, out _));
}
