using Mta.Config.Parameters;

namespace Mta.Config.Tests;

/// <summary>The two rate delays take fractions, which Postfix refuses; every other time is whole as before.</summary>
public sealed class FractionOfSecondTests
{
    [Theory]
    [InlineData("0.25s", 250)]
    [InlineData("0.5", 500)]
    [InlineData("1.5m", 90_000)]
    [InlineData("2s", 2000)]
    [InlineData("0", 0)]
    public void A_rate_delay_may_be_a_fraction(string text, int milliseconds)
    {
        Configuration configuration = Configuration.FromText($"default_transport_rate_delay = {text}\nslow_destination_rate_delay = {text}\n");
        Assert.Equal(milliseconds, configuration.Get(QmgrParameters.DefaultTransportRateDelay).TotalMilliseconds);
        Assert.Equal(milliseconds, configuration.Get(QmgrParameters.DefaultDestinationRateDelay, "slow").TotalMilliseconds);
    }

    [Theory]
    [InlineData("1.5x")]
    [InlineData("1.2.3s")]
    [InlineData(".s")]
    [InlineData("-0.5s")]
    public void What_is_no_time_is_refused(string text) =>
        Assert.Throws<ConfigurationException>(() => Configuration.FromText($"default_transport_rate_delay = {text}\n").Get(QmgrParameters.DefaultTransportRateDelay));

    [Fact]
    public void Other_times_are_whole() =>
        Assert.Throws<ConfigurationException>(() => Configuration.FromText("queue_run_delay = 0.5s\n").Get(QmgrParameters.QueueRunDelay));
}
