using Mta.Config;

namespace Mta.TrivialRewrite.Tests;

public sealed class AddressRewriterTests
{
    private static readonly AddressRewriter Rewriter = new(Configuration.FromText("append_dot_mydomain = no\n"), "example.org", "example.org");

    [Theory]
    [InlineData("", "")]
    [InlineData("user", "user@example.org")]
    [InlineData("user@", "user@")]
    [InlineData("user@host.", "user@host")]
    [InlineData("user@dom..", "user@dom..")]
    [InlineData("user@.", "user@.")]
    [InlineData("@", "\"\"")]
    [InlineData("\"\"", "\"\"")]
    [InlineData("@dom", "\"\"@dom")]
    [InlineData("user%host", "user@host")]
    [InlineData("user%host%dom", "user%host@dom")]
    [InlineData("user%h@dom.tld", "user%h@dom.tld")]
    [InlineData("host!user", "user@host")]
    [InlineData("a!b!user", "b!user@a")]
    [InlineData("a!user%b", "user%b@a")]
    [InlineData("a!user@b.tld", "a!user@b.tld")]
    [InlineData("user@[1.2.3.4]", "user@[1.2.3.4]")]
    [InlineData("@a.tld,@b.tld:user@c.tld", "user@c.tld")]
    [InlineData("@a.tld:user", "user@example.org")]
    [InlineData("@a.tld:", "@a.tld:\"\"")]
    [InlineData("\"first last\"", "\"first last\"@example.org")]
    [InlineData("first last@dom.tld", "\"first last\"@dom.tld")]
    [InlineData("\"user@foo\"@dom.tld", "\"user@foo\"@dom.tld")]
    [InlineData("\"user%foo\"", "user%foo@example.org")]
    [InlineData("us.er.@dom.tld", "\"us.er.\"@dom.tld")]
    [InlineData(".user@dom.tld", "\".user\"@dom.tld")]
    [InlineData("(c)user@dom.tld", "\"(c) user\"@dom.tld")]
    [InlineData("user@dom.tld (c)", "user@dom.tld (c)")]
    [InlineData("a,b", "\"a, b\"@example.org")]
    [InlineData("a:b@c", "\"a:b\"@c")]
    [InlineData("user|x", "user|x@example.org")]
    [InlineData("user@dom@dom2", "\"user@dom\"@dom2")]
    [InlineData("a\\ b@c.tld", "\"a b\"@c.tld")]
    [InlineData("user@dom.tld", "user@dom.tld")]
    [InlineData("us..er@dom.tld", "\"us..er\"@dom.tld")]
    [InlineData("user\xE4@dom.tld", "user\xE4@dom.tld")]
    [InlineData(" ", "\"\"")]
    public void Standard_form_of(string address, string expected) => Assert.Equal(expected, Rewriter.Rewrite(address));

    [Theory]
    [InlineData("append_at_myorigin = no", "user", "user")]
    [InlineData("append_dot_mydomain = yes", "user@host", "user@host.example.org")]
    [InlineData("append_dot_mydomain = yes", "user@host.", "user@host")]
    [InlineData("append_dot_mydomain = yes", "user@[host]", "user@[host]")]
    [InlineData("swap_bangpath = no", "a!b", "a!b@example.org")]
    [InlineData("allow_percent_hack = no", "a%b", "a%b@example.org")]
    public void A_parameter_changes_it(string setting, string address, string expected) =>
        Assert.Equal(expected, new AddressRewriter(Configuration.FromText(setting + "\n"), "example.org", "example.org").Rewrite(address));

    [Fact]
    public void Without_origin_nothing_is_appended() =>
        Assert.Equal("user", new AddressRewriter(Configuration.FromText("append_dot_mydomain = yes\n"), "", "").Rewrite("user"));
}
