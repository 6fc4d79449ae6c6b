using Mta.Delivery.Orders;

namespace Mta.Delivery.Tests;

public sealed class CommandStatusTests
{
    [Theory]
    [InlineData(67, "", "5.1.1", "user unknown")]
    [InlineData(75, "", "4.3.0", "temporary failure")]
    [InlineData(71, "", "4.3.0", "system resource problem")]
    [InlineData(78, "bad ", "5.3.5", "local configuration error. Command output: bad ")]
    [InlineData(1, "", "5.3.0", "Command died with status 1: \"cmd\"")]
    [InlineData(79, "x", "5.3.0", "Command died with status 79: \"cmd\". Command output: x")]
    [InlineData(1, "4.2.9 wait a bit ", "4.2.9", "wait a bit ")]
    [InlineData(67, "5.7.3 never ", "5.7.3", "never ")]
    public void An_exit_status_has_a_meaning(int code, string output, string status, string reason)
    {
        Mail.Protocols.Dsn? dsn = CommandStatus.FailureOf(new OrderResult(OrderOutcome.Exited, reason: output, number: code), "cmd");
        Assert.Equal((status, reason), (dsn!.Status, dsn.Reason)); // a failure
    }

    [Fact]
    public void Status_zero_is_success_whatever_was_said() =>
        Assert.Null(CommandStatus.FailureOf(new OrderResult(OrderOutcome.Exited, reason: "5.0.0 no", number: 0), "cmd"));

    [Fact]
    public void A_signal_is_temporary() =>
        Assert.Equal("4.3.0", CommandStatus.FailureOf(new OrderResult(OrderOutcome.Killed, number: 9), "cmd")!.Status); // a failure

    [Fact]
    public void The_time_limit_is_permanent() =>
        Assert.Equal("5.3.0", CommandStatus.FailureOf(new OrderResult(OrderOutcome.TimedOut), "cmd")!.Status); // a failure
}
