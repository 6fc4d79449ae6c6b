namespace Mta.Mail.Tests;

public sealed class DelayTextTests
{
    [Theory]
    [InlineData(-5, "0")]
    [InlineData(0, "0")]
    [InlineData(4_000, "0")]
    [InlineData(5_000, "0.01")]
    [InlineData(20_000, "0.02")]
    [InlineData(100_000, "0.1")]
    [InlineData(123_000, "0.12")]
    [InlineData(5_900_000, "5.9")]
    [InlineData(5_949_999, "5.9")]
    [InlineData(5_950_000, "6")]
    [InlineData(9_960_000, "10")]
    [InlineData(10_000_000, "10")]
    [InlineData(120_000_000, "120")]
    [InlineData(3_721_400_000, "3721")]
    public void Delays_have_two_digits_and_at_most_two_decimals(long microseconds, string expected) =>
        Assert.Equal(expected, DelayText.Format(microseconds, 2));

    [Theory]
    [InlineData(1_234_000, 0, "1")]
    [InlineData(51, 6, "0.000051")]
    [InlineData(5_123, 6, "0.0051")]
    public void The_resolution_limit_bounds_the_decimals(long microseconds, int limit, string expected) =>
        Assert.Equal(expected, DelayText.Format(microseconds, limit));
}
