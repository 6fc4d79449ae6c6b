using Mta.Config;
using Mta.Delivery.Security;
using Mta.Tables;

namespace Mta.Delivery.Tests;

/// <summary>What a policy table says of a policy that an outside service has found (RFC 8461).</summary>
public sealed class OutsidePolicyTests
{
    private const string Sts = "secure match=mx.d.test:.d.test servername=hostname policy_type=sts policy_domain=d.test { policy_string = version: STSv1 } ";

    [Theory]
    [InlineData("mx.d.test", "mx_host_pattern=mx.d.test", "mx.d.test")]
    [InlineData("MX.d.test", "mx_host_pattern=mx.d.test", "MX.d.test")]
    [InlineData("mx.d.test", "mx_host_pattern=other.test mx_host_pattern=*.d.test", "mx.d.test")]
    [InlineData("mx.d.test", "", "mx.d.test .d.test")]
    public async Task An_exchanger_that_the_policy_names_must_show_its_own_name(string host, string patterns, string names)
    {
        TlsPolicy policy = await DecideAsync(host, Sts + patterns);
        Assert.Null(policy.Failure);
        Assert.Equal(names, string.Join(' ', policy.Match));
    }

    [Theory]
    [InlineData("evil.test", "mx_host_pattern=mx.d.test")]
    [InlineData("a.b.d.test", "mx_host_pattern=*.d.test")]
    [InlineData("d.test", "mx_host_pattern=*.d.test")]
    public async Task Another_exchanger_is_passed_over(string host, string patterns)
    {
        List<string> warnings = [];
        TlsPolicy policy = await DecideAsync(host, Sts + patterns, warnings: warnings);
        Assert.Equal("4.7.5", policy.Failure?.Status);
        Assert.Equal($"MX name '{host}' does not match STS MX pattern for 'd.test'", Assert.Single(warnings));
        Assert.Null((await DecideAsync(host, Sts + patterns, "smtp_tls_enforce_sts_mx_patterns = no\n")).Failure);
    }

    [Theory]
    [InlineData("secure match=x mx_host_pattern=y", "attribute \"mx_host_pattern\" without \"policy_type\"")]
    [InlineData("secure match=x policy_type=other", "attribute \"policy_type\" has bad value: \"other\"")]
    [InlineData("secure match=x policy_type=sts policy_type=sts", "attribute \"policy_type\" is specified multiple times")]
    [InlineData("secure match=x policy_type=sts policy_failure=because", "attribute \"policy_failure\" has bad value: \"because\"")]
    public async Task What_makes_no_sense_sends_nothing(string entry, string reason)
    {
        List<string> warnings = [];
        Assert.Equal("4.7.5", (await DecideAsync("mx.d.test", entry, warnings: warnings)).Failure?.Status);
        Assert.EndsWith(reason, warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_that_failed_outside_is_kept_with_its_reason() =>
        Assert.Equal("sts-webpki-invalid", (await DecideAsync("mx.d.test", Sts + "policy_failure=sts-webpki-invalid")).OutsideFailure);

    private static async Task<TlsPolicy> DecideAsync(string host, string entry, string mainCf = "", List<string>? warnings = null)
    {
        TableRegistry tables = new(new TableSettings());
        ClientTlsSettings settings = new(Configuration.FromText($"smtp_tls_policy_maps = static:{{{entry}}}\n{mainCf}"), "smtp");
        TlsPolicies policies = new(settings, tables, null, "none", (warnings ?? []).Add);
        return await policies.DecideAsync(new TlsTarget("d.test", "d.test", true, host, "192.0.2.1", 25), isTlsOptional: false, default);
    }
}
