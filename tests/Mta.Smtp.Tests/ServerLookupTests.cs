using System.Net;
using Mta.Config;
using Mta.Delivery.Routing;
using Mta.Dns;
using Mta.Text;

namespace Mta.Smtp.Tests;

public sealed class ServerLookupTests
{
    private readonly FakeResolver _resolver = new();

    private async Task<ServerList> FindAsync(string destination, string mainCf = "")
    {
        Configuration configuration = Configuration.FromText($"""
            myhostname = me.test
            inet_interfaces = 127.0.0.1
            inet_protocols = ipv4
            smtp_randomize_addresses = no
            smtp_tcp_port = 25
            {mainCf}
            """);
        LookupSettings settings = new(configuration, isLmtp: false);
        ServerLookup lookup = new(settings, _resolver, new NativeNames());
        return await lookup.FindAsync(Destination.Parse(destination, isLmtp: false), default);
    }

    private static string[] Names(ServerList list) => [.. list.Servers.Select(s => s.NameWithPort)];

    [Fact]
    public async Task Exchangers_are_tried_in_the_order_of_their_preference()
    {
        _resolver.Mx("d.test", 20, "b.test");
        _resolver.Mx("d.test", 10, "a.test");
        _resolver.A("a.test", "192.0.2.1");
        _resolver.A("b.test", "192.0.2.2");
        Assert.Equal(["a.test[192.0.2.1]:25", "b.test[192.0.2.2]:25"], Names(await FindAsync("d.test")));
    }

    [Fact]
    public async Task Without_exchangers_the_domain_itself_is_the_server()
    {
        _resolver.A("d.test", "192.0.2.9");
        Assert.Equal(["d.test[192.0.2.9]:26"], Names(await FindAsync("d.test:26")));
    }

    [Fact]
    public async Task Brackets_turn_the_exchanger_lookup_off()
    {
        _resolver.Mx("d.test", 10, "a.test");
        _resolver.A("a.test", "192.0.2.1");
        _resolver.A("d.test", "192.0.2.9");
        Assert.Equal(["d.test[192.0.2.9]:25"], Names(await FindAsync("[d.test]")));
    }

    [Theory]
    [InlineData("", "a.test[192.0.2.1]:25")]
    [InlineData("smtp_cname_overrides_servername = yes\n", "real.test[192.0.2.1]:25")]
    public async Task A_server_is_called_by_the_name_that_it_is_an_alias_of_where_that_is_set(string mainCf, string server)
    {
        _resolver.Mx("d.test", 10, "a.test");
        _resolver.A("a.test", "192.0.2.1");
        _resolver.Alias("a.test", "real.test");
        Assert.Equal([server], Names(await FindAsync("d.test", mainCf)));
        Assert.Equal([server], Names(await FindAsync("[a.test]", mainCf)));
    }

    [Fact]
    public void An_unknown_resolver_option_is_refused() =>
        Assert.Equal("unknown smtp_dns_resolver_options value \"x\" in \"res_dnsrch, x\"",
            Assert.Throws<ConfigurationException>(static () => new LookupSettings(Configuration.FromText("smtp_dns_resolver_options = res_dnsrch, x\n"), isLmtp: false)).Message);

    [Fact]
    public async Task Null_mx_refuses_mail_for_good()
    {
        _resolver.Mx("d.test", 0, "");
        ServerList list = await FindAsync("d.test");
        Assert.Equal(("5.1.0", "Domain d.test does not accept mail (nullMX)"), (list.Failure!.Status, list.Failure.Reason));
    }

    [Fact]
    public async Task A_single_exchanger_without_name_is_a_null_mx_at_any_preference()
    {
        _resolver.Mx("d.test", 10, "");
        Assert.Equal("5.1.0", (await FindAsync("d.test")).Failure!.Status);
    }

    [Fact]
    public async Task An_exchanger_whose_name_is_none_is_left_out()
    {
        _resolver.Mx("d.test", 10, "[192.0.2.9]");
        _resolver.Mx("d.test", 20, "a.test");
        _resolver.A("a.test", "192.0.2.1");
        Assert.Equal(["a.test[192.0.2.1]:25"], Names(await FindAsync("d.test")));
    }

    [Fact]
    public async Task Exchangers_whose_names_are_none_are_a_malformed_reply()
    {
        _resolver.Mx("d.test", 10, "-dash.test");
        ServerList list = await FindAsync("d.test");
        Assert.Equal(("5.4.4", "Name service error for name=d.test type=MX: Malformed or unexpected name server reply"), (list.Failure!.Status, list.Failure.Reason));
    }

    [Fact]
    public async Task Unknown_domain_bounces()
    {
        ServerList list = await FindAsync("d.test");
        Assert.Equal(("5.4.4", "Host or domain name not found. Name service error for name=d.test type=A: Host not found"), (list.Failure!.Status, list.Failure.Reason));
    }

    [Fact]
    public async Task Temporary_error_defers_and_is_not_taken_for_no_exchanger()
    {
        _resolver.Fail("d.test", DnsStatus.Temporary);
        _resolver.A("d.test", "192.0.2.9");
        Assert.Equal("4.4.3", (await FindAsync("d.test")).Failure!.Status);
    }

    [Fact]
    public async Task Exchanger_error_may_be_ignored()
    {
        _resolver.Fail("d.test", DnsStatus.Temporary);
        _resolver.A("d.test", "192.0.2.9");
        Assert.Single((await FindAsync("d.test", "ignore_mx_lookup_error = yes")).Servers);
    }

    [Fact]
    public async Task Exchangers_without_addresses_have_the_status_of_the_last_error()
    {
        _resolver.Mx("d.test", 10, "a.test");
        Assert.Equal("5.4.4", (await FindAsync("d.test")).Failure!.Status);
        Assert.Equal("4.4.4", (await FindAsync("d.test", "smtp_defer_if_no_mx_address_found = yes")).Failure!.Status);
    }

    [Fact]
    public async Task Hard_error_after_a_soft_one_is_soft()
    {
        _resolver.Mx("d.test", 10, "a.test");
        _resolver.Mx("d.test", 20, "b.test");
        _resolver.Fail("a.test", DnsStatus.Temporary);
        Assert.Equal("4.4.4", (await FindAsync("d.test")).Failure!.Status);
    }

    [Fact]
    public async Task Own_host_as_best_exchanger_is_a_loop()
    {
        _resolver.Mx("d.test", 10, "me.test");
        _resolver.Mx("d.test", 20, "b.test");
        _resolver.A("me.test", "127.0.0.1");
        _resolver.A("b.test", "192.0.2.2");
        ServerList list = await FindAsync("d.test");
        Assert.Equal(("5.4.6", "mail for d.test loops back to myself"), (list.Failure!.Status, list.Failure.Reason));
    }

    [Fact]
    public async Task Exchangers_behind_the_own_host_are_left_out()
    {
        _resolver.Mx("d.test", 5, "a.test");
        _resolver.Mx("d.test", 10, "me.test");
        _resolver.Mx("d.test", 20, "b.test");
        _resolver.A("a.test", "192.0.2.1");
        _resolver.A("me.test", "127.0.0.1");
        _resolver.A("b.test", "192.0.2.2");
        ServerList list = await FindAsync("d.test");
        Assert.Equal(["a.test[192.0.2.1]:25"], Names(list));
        Assert.True(list.IsFinal);
    }

    [Fact]
    public async Task Own_host_with_an_unreachable_better_exchanger_defers()
    {
        _resolver.Mx("d.test", 5, "a.test");
        _resolver.Mx("d.test", 10, "me.test");
        _resolver.A("me.test", "127.0.0.1");
        ServerList list = await FindAsync("d.test");
        Assert.Equal(("4.4.4", "unable to find primary relay for d.test"), (list.Failure!.Status, list.Failure.Reason));
    }

    [Fact]
    public async Task Own_host_on_another_port_is_no_loop()
    {
        _resolver.Mx("d.test", 10, "me.test");
        _resolver.A("me.test", "127.0.0.1");
        Assert.Equal(["me.test[127.0.0.1]:26"], Names(await FindAsync("d.test:26")));
    }

    [Fact]
    public async Task Addresses_are_used_as_they_are() =>
        Assert.Equal(["192.0.2.7[192.0.2.7]:25"], Names(await FindAsync("[192.0.2.7]")));

    [Fact]
    public async Task Address_of_a_disabled_family_is_not_used() =>
        Assert.Equal("5.4.4", (await FindAsync("[ipv6:2001:db8::1]")).Failure!.Status);

    [Fact]
    public async Task Unknown_service_is_fatal() =>
        await Assert.ThrowsAsync<FatalException>(() => FindAsync("d.test:no-such-service"));

    private sealed class FakeResolver : IDnsResolver
    {
        private readonly Dictionary<(string Name, DnsRecordType Type), List<DnsRecord>> _records = [];
        private readonly Dictionary<string, DnsStatus> _failures = [];
        private readonly Dictionary<string, string> _aliases = [];

        public void Mx(string name, int preference, string target) =>
            Add(name, new DnsRecord(DnsRecordType.Mx) { Preference = preference, Target = target });

        public void A(string name, string address) =>
            Add(name, new DnsRecord(DnsRecordType.A) { Address = IPAddress.Parse(address) });

        public void Alias(string name, string target) => _aliases[name] = target;

        // Address lookups of the name still work.
        public void Fail(string name, DnsStatus status) => _failures[name] = status;

        public ValueTask<DnsAnswer> LookupAsync(string name, DnsRecordType type, CancellationToken stop)
        {
            if (_records.TryGetValue((name, type), out List<DnsRecord>? records))
            {
                return new(new DnsAnswer(name, type, DnsStatus.Ok) { Records = records, CanonicalName = _aliases.GetValueOrDefault(name, name) });
            }

            return new(new DnsAnswer(name, type, _failures.TryGetValue(name, out DnsStatus status) ? status : DnsStatus.NotFound));
        }

        private void Add(string name, DnsRecord record)
        {
            if (!_records.TryGetValue((name, record.Type), out List<DnsRecord>? records))
            {
                _records[(name, record.Type)] = records = [];
            }

            records.Add(record);
        }
    }
}
