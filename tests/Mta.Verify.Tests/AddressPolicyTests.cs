using Mta.Config;
using Mta.Mail.Protocols;

namespace Mta.Verify.Tests;

public sealed class AddressPolicyTests
{
    private const long Now = 1_000_000;
    private const string Lives = "address_verify_positive_expire_time = 1000s\naddress_verify_positive_refresh_time = 500s\naddress_verify_negative_expire_time = 300s\naddress_verify_negative_refresh_time = 100s\n";

    [Theory]
    [InlineData("0:0:1000000:ok", false)]
    [InlineData("0:0:999001:ok", false)]
    [InlineData("0:0:998999:ok", true)]
    [InlineData("2:0:999701:bounced", false)]
    [InlineData("2:0:999699:bounced", true)]
    [InlineData("1:0:999699:deferred", true)]
    [InlineData("2:999500:999600:bounced, probed again", false)]
    [InlineData("3:998500:0:nothing known", true)]
    public void A_record_counts_for_its_time_and_while_a_probe_is_out(string text, bool isExpired)
    {
        Assert.True(AddressRecord.TryParse(text, out AddressRecord record));
        Assert.Equal(isExpired, Policy(Lives).IsExpired(record, Now));
    }

    [Theory]
    [InlineData("0:0:999999:ok", false)]
    [InlineData("0:0:999501:ok", false)]
    [InlineData("0:0:999499:ok", true)]
    [InlineData("0:999400:999499:ok, but a probe is out", false)]
    [InlineData("2:0:999901:bounced", false)]
    [InlineData("2:0:999899:bounced", true)]
    [InlineData("2:999100:999100:bounced, a probe is out", false)]
    public void An_old_result_is_asked_for_anew_before_it_expires(string text, bool needsProbe)
    {
        Assert.True(AddressRecord.TryParse(text, out AddressRecord record));
        Assert.Equal(needsProbe, Policy(Lives).NeedsProbe(record, isKnown: true, Now));
    }

    [Fact]
    public void What_is_not_known_is_asked_for() => Assert.True(Policy(Lives).NeedsProbe(default, isKnown: false, Now));

    [Theory]
    [InlineData(VerifyStatus.Bounce, "0:0:999999:ok", false)]
    [InlineData(VerifyStatus.Defer, "0:0:999999:ok", false)]
    [InlineData(VerifyStatus.Bounce, "0:0:998000:ok, long ago", true)]
    [InlineData(VerifyStatus.Bounce, "1:0:999999:deferred", true)]
    [InlineData(VerifyStatus.Ok, "2:0:999999:bounced", true)]
    public void Bad_news_do_not_outdo_good_ones_that_count(object status, string known, bool stores)
    {
        Assert.True(AddressRecord.TryParse(known, out AddressRecord record));
        Assert.Equal(stores, Policy(Lives).Stores((VerifyStatus)status, record, isKnown: true, Now));
    }

    [Fact]
    public void Without_a_negative_cache_only_good_news_are_kept()
    {
        AddressPolicy policy = Policy(Lives + "address_verify_negative_cache = no\n");
        Assert.False(policy.Stores(VerifyStatus.Bounce, default, isKnown: false, Now));
        Assert.True(policy.Stores(VerifyStatus.Ok, default, isKnown: false, Now));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0:1:2")]
    [InlineData("0:1:2:")]
    [InlineData("9:1:2:text")]
    [InlineData("-1:1:2:text")]
    [InlineData("0:x:2:text")]
    [InlineData("0:1: 2:text")]
    [InlineData("0:99999999999999999999:2:text")]
    public void A_malformed_record_is_no_record(string? text) => Assert.False(AddressRecord.TryParse(text, out _));

    [Fact]
    public void A_record_is_written_as_it_is_read()
    {
        Assert.True(AddressRecord.TryParse("2:12:34:host said: 550 5.1.1 no", out AddressRecord record));
        Assert.Equal("host said: 550 5.1.1 no", record.Text);
        Assert.Equal("2:12:34:host said: 550 5.1.1 no", record.ToString());
    }

    private static AddressPolicy Policy(string text) => new(Configuration.FromText(text, processName: "verify", serviceName: "verify"));
}
