using Mta.Delivery.Orders;
using Mta.Linux;

namespace Mta.Delivery.Tests.Orders;

public sealed class MailboxOrderTests : IDisposable
{
    private readonly QueueFileFixture _queue = new();
    private readonly InProcessRunner _runner = new(0);

    private string Mailbox => $"{_queue.Directory}/mbox";

    [Fact]
    public async Task A_message_is_appended_with_from_lines_quoted_and_a_blank_line()
    {
        File.WriteAllText(Mailbox, "old\n");
        OrderResult result = await DeliverAsync("A: b\n\nFrom me\n>From you\nfrom\nend");
        Assert.Equal(OrderOutcome.Done, result.Outcome);
        Assert.Equal("old\nHEAD\nA: b\n\n>From me\n>From you\nfrom\nend\n\n", _queue.Read("mbox"));
        Assert.False(File.Exists($"{Mailbox}.lock"));
    }

    [Fact]
    public async Task A_new_mailbox_is_private()
    {
        await DeliverAsync("x\n");
        Assert.Equal(0x180, Posix.Stat(Mailbox).Permissions);
    }

    [Fact]
    public async Task A_damaged_queue_file_leaves_the_mailbox_as_it_was()
    {
        File.WriteAllText(Mailbox, "old\n");
        using FileHandle file = _queue.Make("x\n", complete: false);
        Assert.Equal(OrderOutcome.Corrupt, (await _runner.RunAsync(Order(), file)).Outcome);
        Assert.Equal("old\n", _queue.Read("mbox"));
    }

    [Fact]
    public async Task A_second_name_is_refused()
    {
        File.WriteAllText(Mailbox, "");
        Assert.Equal(0, Posix.TryLink(Mailbox, $"{_queue.Directory}/other"));
        await FailsAsync("5.2.0", "file has 2 hard links");
    }

    [Fact]
    public async Task A_users_symbolic_link_is_refused()
    {
        File.WriteAllText($"{_queue.Directory}/target", "");
        File.CreateSymbolicLink(Mailbox, $"{_queue.Directory}/target");
        Posix.Chmod(_queue.Directory, 0x1FF);
        await FailsAsync("5.2.0", "file is a symbolic link");
        Assert.Equal("", _queue.Read("target"));
    }

    [Fact]
    public async Task A_directory_is_refused()
    {
        Directory.CreateDirectory(Mailbox);
        await FailsAsync("5.2.0", "cannot open file: Is a directory");
    }

    [Fact]
    public async Task A_fifo_without_a_reader_does_not_block()
    {
        Posix.TryMkfifo(Mailbox, 0x180);
        await FailsAsync("5.2.0", "cannot open file: No such device or address");
    }

    [Fact]
    public async Task An_executable_is_refused_as_file_target()
    {
        File.WriteAllText(Mailbox, "");
        Posix.Chmod(Mailbox, 0x1C0);
        using FileHandle file = _queue.Make("x\n");
        OrderResult result = await _runner.RunAsync(Order(isFile: true), file);
        Assert.Equal(("5.7.1", "file is executable"), (result.Status, result.Reason));
    }

    [Fact]
    public async Task A_held_lock_file_defers()
    {
        File.WriteAllText($"{Mailbox}.lock", "");
        await FailsAsync("4.2.0", $"unable to create lock file {Mailbox}.lock: File exists");
        Assert.True(File.Exists($"{Mailbox}.lock"));
    }

    [Fact]
    public async Task A_stale_lock_file_is_removed()
    {
        File.WriteAllText($"{Mailbox}.lock", "");
        using FileHandle file = _queue.Make("x\n");
        OrderResult result = await _runner.RunAsync(Order(stale: TimeSpan.FromSeconds(-1)), file);
        Assert.Equal(OrderOutcome.Done, result.Outcome);
    }

    [Fact]
    public async Task A_kernel_lock_of_another_program_defers()
    {
        File.WriteAllText(Mailbox, "");
        using FileHandle other = Posix.Open(Mailbox, OpenFlags.ReadWrite);
        Posix.LockRecord(other, RecordLock.Exclusive, wait: false);
        await FailsAsync("4.2.0", "unable to lock for exclusive access: Resource temporarily unavailable");
    }

    [Fact]
    public async Task Deliveries_at_the_same_time_do_not_mix()
    {
        using FileHandle file = _queue.Make(string.Concat(Enumerable.Repeat("a line of text\n", 5000)));
        PathTurns turns = new();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            using IDisposable turn = await turns.EnterAsync(Mailbox);
            Assert.Equal(OrderOutcome.Done, (await _runner.RunAsync(Order(), file)).Outcome);
        }));
        Assert.Equal(10 * ("HEAD\n".Length + (5000 * 15) + 1), new FileInfo(Mailbox).Length);
    }

    public void Dispose() => _queue.Dispose();

    private MailboxOrder Order(bool isFile = false, TimeSpan? stale = null) =>
        new(0, 0, Mailbox, "HEAD\n"u8.ToArray(), _queue.ContentOffset, "5.2.0", new LockSettings(MailboxLocks.Fcntl | MailboxLocks.Dotlock, 1, TimeSpan.Zero, stale ?? TimeSpan.FromSeconds(500)))
        {
            IsFileTarget = isFile,
        };

    private async Task<OrderResult> DeliverAsync(string content)
    {
        using FileHandle file = _queue.Make(content);
        return await _runner.RunAsync(Order(), file);
    }

    private async Task FailsAsync(string status, string reason)
    {
        OrderResult result = await DeliverAsync("x\n");
        Assert.Equal((OrderOutcome.Failed, status, reason), (result.Outcome, result.Status, result.Reason));
    }
}
