using Mta.Delivery.Orders;
using Mta.Linux;

namespace Mta.Delivery.Tests.Orders;

public sealed class CommandOrderTests : IDisposable
{
    private readonly QueueFileFixture _queue = new();
    private readonly InProcessRunner _runner = new(0);

    [Fact]
    public async Task The_message_is_the_standard_input()
    {
        OrderResult result = await RunAsync("cat > out", "A: b\n\nbody\n");
        Assert.Equal((OrderOutcome.Exited, 0L), (result.Outcome, result.Number));
        Assert.Equal("HEAD\nA: b\n\nbody\n", _queue.Read("out"));
    }

    [Fact]
    public async Task Output_is_kept_on_one_line()
    {
        OrderResult result = await RunAsync("printf 'a\\tb\\nc\\001'; exit 3");
        Assert.Equal((OrderOutcome.Exited, 3L, "a b c_"), (result.Outcome, result.Number, result.Reason));
    }

    [Fact]
    public async Task A_command_that_reads_nothing_may_still_succeed() =>
        Assert.Equal((OrderOutcome.Exited, 0L), Ends(await RunAsync("exit 0", new string('x', 1 << 20))));

    [Fact]
    public async Task A_command_that_writes_before_it_reads_does_not_stall() =>
        Assert.Equal((OrderOutcome.Exited, 0L), Ends(await RunAsync("head -c 300000 /dev/zero; cat > /dev/null", new string('x', 1 << 20))));

    [Fact]
    public async Task A_signal_is_told() =>
        Assert.Equal((OrderOutcome.Killed, 9L), Ends(await RunAsync("kill -9 $$")));

    [Fact]
    public async Task At_the_time_limit_the_whole_group_is_killed()
    {
        OrderResult result = await RunAsync("sleep 60 & echo $! > child; wait", limit: 0.3);
        Assert.Equal(OrderOutcome.TimedOut, result.Outcome);
        int child = int.Parse(_queue.Read("child"));
        for (int i = 0; i < 200 && Posix.TryKill(child, 0) == 0 && !IsZombie(child); i++)
        {
            Thread.Sleep(5);
        }

        Assert.True(Posix.TryKill(child, 0) != 0 || IsZombie(child));
    }

    [Fact]
    public async Task A_child_left_behind_is_not_waited_for() =>
        Assert.Equal((OrderOutcome.Exited, 0L), Ends(await RunAsync("sleep 5 & exit 0")));

    [Fact]
    public async Task The_environment_is_exactly_what_was_given()
    {
        using FileHandle file = _queue.Make("x\n");
        OrderResult result = await _runner.RunAsync(new CommandOrder(1, 1, ["env"], ["PATH=/usr/bin:/bin", "X=y"], [], _queue.ContentOffset), file);
        Assert.Equal("PATH=/usr/bin:/bin X=y ", result.Reason);
    }

    [Fact]
    public async Task A_program_that_does_not_exist_is_not_started()
    {
        using FileHandle file = _queue.Make("x\n");
        OrderResult result = await _runner.RunAsync(new CommandOrder(1, 1, ["/no/such"], [], [], _queue.ContentOffset), file);
        Assert.Equal((OrderOutcome.NotStarted, (long)Errno.ENOENT), Ends(result));
    }

    public void Dispose() => _queue.Dispose();

    private static (OrderOutcome, long) Ends(OrderResult result) => (result.Outcome, result.Number);

    private static bool IsZombie(int process) =>
        File.Exists($"/proc/{process}/stat") && File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);

    private async Task<OrderResult> RunAsync(string script, string content = "x\n", double limit = 20)
    {
        using FileHandle file = _queue.Make(content);
        CommandOrder order = new(1, 1, ["sh", "-c", script], ["PATH=/usr/bin:/bin", "X=y"], "HEAD\n"u8.ToArray(), _queue.ContentOffset)
        {
            Directory = _queue.Directory,
            TimeLimit = TimeSpan.FromSeconds(limit),
        };
        return await _runner.RunAsync(order, file);
    }
}
