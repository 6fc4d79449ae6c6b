namespace Mta.Smtpd.Tests;

/// <summary>Failed logins make answers slow: per address and per account, and for nobody else.</summary>
public sealed class LoginFailuresTests
{
    [Fact]
    public void The_first_few_cost_nothing_then_each_a_second_up_to_ten()
    {
        var failures = new LoginFailures();
        List<double> delays = [];
        for (int i = 0; i < 16; i++)
        {
            delays.Add(failures.DelayForAddress("192.0.2.1").TotalSeconds);
            failures.Note("192.0.2.1", "");
        }

        Assert.Equal([0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10], delays);
    }

    [Fact]
    public void An_account_is_slow_from_wherever_it_is_tried_and_an_address_for_whatever_account()
    {
        var failures = new LoginFailures();
        for (int i = 0; i < 8; i++)
        {
            failures.Note($"192.0.2.{i}", "bob");
            failures.Note("198.51.100.1", $"user{i}");
        }

        Assert.Equal(5, failures.DelayForAccount("bob").TotalSeconds);
        Assert.Equal(5, failures.DelayForAddress("198.51.100.1").TotalSeconds);
        Assert.Equal(0, failures.DelayForAddress("192.0.2.1").TotalSeconds);
        Assert.Equal(0, failures.DelayForAccount("user1").TotalSeconds);
        Assert.Equal(0, failures.DelayForAccount("carol").TotalSeconds);
        Assert.Equal(0, failures.DelayForAccount("").TotalSeconds);

        // A name that looks like an address is another thing.
        Assert.Equal(0, failures.DelayForAccount("198.51.100.1").TotalSeconds);
    }

    [Fact]
    public void A_flood_of_names_takes_bounded_room()
    {
        var failures = new LoginFailures(mostEntries: 1000);
        for (int i = 0; i < 15_000; i++)
        {
            failures.Note("192.0.2.1", $"user{i}");
        }

        Assert.True(failures.Size <= 1002, $"{failures.Size}");
    }
}
