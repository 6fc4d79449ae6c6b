using Mta.Config;
using Mta.Mail;
using Mta.Mail.Protocols;
using Mta.Tables;

namespace Mta.TrivialRewrite.Tests;

public sealed class AddressResolverTests
{
    private const string Base = """
        compatibility_level = 3.6
        myhostname = mx.example.org
        mydomain = example.org
        myorigin = example.org
        mydestination = example.org, localhost
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        proxy_interfaces = 192.0.2.77
        recipient_delimiter = +
        virtual_alias_domains = alias.example
        virtual_mailbox_domains = box.example
        relay_domains = relay.example
        parent_domain_matches_subdomains = relay_domains
        """;

    private readonly List<string> _warnings = [];

    [Theory]
    [InlineData("user", "user@mx.example.org", 4096)]
    [InlineData("user@example.org.", "user@example.org", 256)]
    [InlineData("USER@Example.ORG", "USER@Example.ORG", 256)]
    [InlineData("@example.org", "MAILER-DAEMON@example.org", 256)]
    [InlineData("user%dom.tld@example.org", "user@dom.tld", 4096)]
    [InlineData("dom.tld!user@example.org", "user@dom.tld", 4096)]
    [InlineData("user@dom.tld@example.org", "user@dom.tld", 4096)]
    [InlineData("user@foo.com@example.com", "user@foo.com@example.com", 4098)]
    [InlineData("user%foo.com@example.com", "user%foo.com@example.com", 4098)]
    [InlineData("foo!bar@example.com", "foo!bar@example.com", 4098)]
    [InlineData("@example.com", "@example.com", 4096)]
    [InlineData("user@[127.0.0.1]", "user@[127.0.0.1]", 256)]
    [InlineData("user@[192.0.2.77]", "user@[192.0.2.77]", 256)]
    [InlineData("user@[192.0.2.1]", "user@[192.0.2.1]", 4096)]
    [InlineData("user@[IPv6:::1]", "user@[IPv6:::1]", 4096)]
    [InlineData("user@[::1]", "user@[::1]", 4100)]
    [InlineData("user@192.0.2.1", "user@192.0.2.1", 4100)]
    [InlineData("user@a..b", "user@a..b", 4100)]
    [InlineData("user@-a.tld", "user@-a.tld", 4100)]
    [InlineData("user@", "user@", 4100)]
    [InlineData("user@.", "user@.", 4100)]
    [InlineData("@", "MAILER-DAEMON@", 4100)]
    [InlineData("user@[foo", "user@[foo]", 4100)]
    [InlineData("user@a_b.tld", "user@a_b.tld", 4096)]
    [InlineData("-user@example.com", "-user@example.com", 4100)]
    [InlineData("user@alias.example", "user@alias.example", 512)]
    [InlineData("user@box.example", "user@box.example", 1024)]
    [InlineData("user@relay.example", "user@relay.example", 2048)]
    [InlineData("user@sub.relay.example", "user@sub.relay.example", 2048)]
    [InlineData("\xFF@example.com", "\xFF@example.com", 4100)]
    public async Task Recipient_and_flags_of(string address, string recipient, int flags)
    {
        ResolveReply reply = await ResolveAsync("", address);
        Assert.Equal((recipient, flags), (reply.Recipient, (int)reply.Flags));
    }

    [Theory]
    [InlineData("", "u@example.org", "local", "mx.example.org")]
    [InlineData("", "u@alias.example", "error", "5.1.1 User unknown in virtual alias table")]
    [InlineData("show_user_unknown_table_name = no", "u@alias.example", "error", "5.1.1 User unknown")]
    [InlineData("", "u@box.example", "virtual", "box.example")]
    [InlineData("", "u@relay.example", "relay", "relay.example")]
    [InlineData("relayhost = [rh]", "u@relay.example", "relay", "[rh]")]
    [InlineData("relayhost = [rh]", "u@dom.tld", "smtp", "[rh]")]
    [InlineData("relayhost = [rh]\ndefault_transport = smtp:[dt]", "u@dom.tld", "smtp", "[dt]")]
    [InlineData("local_transport = x", "u@example.org", "x", "example.org")]
    [InlineData("sender_dependent_relayhost_maps = inline:{s@x=[sr]}\nrelayhost = [rh]", "u@dom.tld", "smtp", "[sr]")]
    [InlineData("sender_dependent_relayhost_maps = inline:{s@x=DUNNO}\nrelayhost = [rh]", "u@dom.tld", "smtp", "[rh]")]
    [InlineData("sender_dependent_relayhost_maps = inline:{@x=[sr]}", "u@box.example", "virtual", "box.example")]
    [InlineData("sender_dependent_default_transport_maps = inline:{s@x=slow:hop}", "u@dom.tld", "slow", "hop")]
    [InlineData("sender_dependent_default_transport_maps = inline:{s@x=dunno}", "u@dom.tld", "smtp", "dom.tld")]
    [InlineData("sender_dependent_default_transport_maps = inline:{s@x=slow}", "u@relay.example", "relay", "relay.example")]
    [InlineData("transport_maps = inline:{dom.tld=a:b}", "u@dom.tld", "a", "b")]
    [InlineData("transport_maps = inline:{dom.tld=a}", "u@dom.tld", "a", "dom.tld")]
    [InlineData("transport_maps = inline:{dom.tld=error}", "u@dom.tld", "error", "Address is undeliverable")]
    [InlineData("transport_maps = inline:{{dom.tld=retry:4.0.0 later: now}}", "u@dom.tld", "retry", "4.0.0 later: now")]
    [InlineData("transport_maps = inline:{dom.tld=:hop}", "u@dom.tld", "smtp", "hop")]
    [InlineData("transport_maps = inline:{dom.tld=:}", "u@dom.tld", "smtp", "dom.tld")]
    [InlineData("transport_maps = inline:{.tld=a:}", "u@sub.dom.tld", "a", "sub.dom.tld")]
    [InlineData("transport_maps = inline:{tld=a:}", "u@sub.dom.tld", "smtp", "sub.dom.tld")]
    [InlineData("transport_maps = inline:{tld=a:}\nparent_domain_matches_subdomains = transport_maps", "u@sub.dom.tld", "a", "sub.dom.tld")]
    [InlineData("transport_maps = inline:{*=w:x, dom.tld=a:}", "u@other.tld", "w", "x")]
    [InlineData("transport_maps = inline:{*=w:x, dom.tld=a:}", "u@dom.tld", "a", "dom.tld")]
    [InlineData("transport_maps = inline:{u@dom.tld=a:}", "u+ext@dom.tld", "a", "dom.tld")]
    [InlineData("transport_maps = inline:{*=w:x}", "u@alias.example", "error", "5.1.1 User unknown in virtual alias table")]
    [InlineData("relocated_maps = inline:{{u@dom.tld=new@there}}", "u@dom.tld", "error", "5.1.6 User has moved to new@there")]
    [InlineData("relocated_maps = inline:{u=there}", "u@example.org", "error", "5.1.6 User has moved to there")]
    [InlineData("relocated_prefix_enable = no\nrelocated_maps = inline:{{u@dom.tld=5.1.6 gone to new@there}}", "u@dom.tld", "error", "5.1.6 gone to new@there")]
    [InlineData("relocated_maps = inline:{@alias.example=there}", "u@alias.example", "error", "5.1.6 User has moved to there")]
    public async Task Route_with(string settings, string address, string transport, string nextHop)
    {
        ResolveReply reply = await ResolveAsync("s@x", address, settings);
        Assert.Equal((transport, nextHop), (reply.Transport, reply.NextHop));
    }

    [Theory]
    [InlineData("transport_maps = fail:x")]
    [InlineData("relocated_maps = fail:x")]
    [InlineData("virtual_alias_domains = fail:x")]
    [InlineData("virtual_mailbox_domains = fail:x")]
    [InlineData("relay_domains = fail:x")]
    [InlineData("mydestination = fail:x")]
    [InlineData("sender_dependent_relayhost_maps = fail:x")]
    [InlineData("sender_dependent_default_transport_maps = fail:x")]
    [InlineData("sender_dependent_default_transport_maps = inline:{s@x=:hop}")]
    [InlineData("default_transport = :hop")]
    public async Task A_table_that_fails_fails_the_answer(string settings) =>
        Assert.True((await ResolveAsync("s@x", "u@dom.tld", settings)).IsFailed);

    [Fact]
    public async Task The_null_sender_has_a_key_of_its_own() =>
        Assert.Equal("[nr]", (await ResolveAsync("", "u@dom.tld", "sender_dependent_relayhost_maps = inline:{<>=[nr]}")).NextHop);

    [Theory]
    [InlineData("resolve_numeric_domain = yes", "u@192.0.2.1", "u@[192.0.2.1]", 4096)]
    [InlineData("resolve_null_domain = yes", "u@", "u@mx.example.org", 4096)]
    [InlineData("allow_min_user = yes", "-u@dom.tld", "-u@dom.tld", 4096)]
    [InlineData("swap_bangpath = no", "a!b@example.org", "a!b@example.org", 258)]
    [InlineData("allow_percent_hack = no", "a%b@example.org", "a%b@example.org", 258)]
    [InlineData("resolve_dequoted_address = no", "a@b@example.org", "a@b@example.org", 258)]
    [InlineData("empty_address_recipient = nobody", "@example.org", "nobody@example.org", 256)]
    public async Task A_parameter_changes_it(string setting, string address, string recipient, int flags)
    {
        ResolveReply reply = await ResolveAsync("", address, setting);
        Assert.Equal((recipient, flags), (reply.Recipient, (int)reply.Flags));
    }

    [Fact]
    public async Task Verification_has_its_own_parameters()
    {
        Configuration configuration = Configuration.FromText(Base + "\naddress_verify_relayhost = [vr]\nrelayhost = [rh]\n");
        TableRegistry tables = new(new TableSettings());
        DomainClasses classes = new(configuration, tables, new LocalDomains(configuration, tables));
        AddressResolver resolver = new(ResolverSettings.ForVerification(tables, classes), classes, new AddressRewriter(configuration, "example.org", "example.org"));
        Assert.Equal("[vr]", (await resolver.ResolveAsync("", "u@dom.tld", default)).NextHop);
    }

    [Fact]
    public async Task Endless_routing_ends()
    {
        string address = string.Concat(Enumerable.Repeat("a%", 5000)) + "b@example.org";
        ResolveReply reply = await ResolveAsync("", address);
        Assert.NotNull(reply);
    }

    private async Task<ResolveReply> ResolveAsync(string sender, string address, string settings = "")
    {
        Configuration configuration = Configuration.FromText($"{Base}\n{settings}\n");
        TableRegistry tables = new(new TableSettings { Warning = _warnings.Add });
        DomainClasses classes = new(configuration, tables, new LocalDomains(configuration, tables));
        AddressRewriter rewriter = new(configuration, "example.org", "example.org");
        return await new AddressResolver(ResolverSettings.ForDelivery(tables, classes), classes, rewriter).ResolveAsync(sender, address, default);
    }
}
