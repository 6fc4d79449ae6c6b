using Mta.Delivery.Orders;
using Mta.Linux;

namespace Mta.Delivery.Tests.Orders;

public sealed class MaildirOrderTests : IDisposable
{
    private readonly QueueFileFixture _queue = new();
    private readonly InProcessRunner _runner = new(0);

    [Fact]
    public async Task A_message_appears_in_new_and_directories_are_made()
    {
        OrderResult result = await DeliverAsync("Subject: x\n\nFrom me\n.\nend");
        Assert.Equal(OrderOutcome.Done, result.Outcome);
        string file = Assert.Single(Directory.GetFiles($"{_queue.Directory}/box/md/new"));
        Assert.Equal("HEAD\nSubject: x\n\nFrom me\n.\nend\n", _queue.Read(file[(_queue.Directory.Length + 1)..]));
        Assert.Empty(Directory.GetFiles($"{_queue.Directory}/box/md/tmp"));
        Assert.True(Directory.Exists($"{_queue.Directory}/box/md/cur"));
        Assert.Equal(0x180, Posix.Stat(file).Permissions);
        Assert.Matches(@"/[0-9]+\.V[0-9a-f]+I[0-9a-f]+M[0-9]+\.[^/]+$", file);
    }

    [Fact]
    public async Task Many_deliveries_at_once_leave_as_many_messages()
    {
        using FileHandle file = _queue.Make("Subject: x\n\nbody\n");
        List<Task<OrderResult>> all = [];
        for (int i = 0; i < 100; i++)
        {
            all.Add(_runner.RunAsync(Order(), file));
        }

        foreach (OrderResult result in await Task.WhenAll(all))
        {
            Assert.Equal(OrderOutcome.Done, result.Outcome);
        }

        Assert.Equal(100, Directory.GetFiles($"{_queue.Directory}/box/md/new").Length);
    }

    [Fact]
    public async Task A_message_whose_place_cannot_be_flushed_is_taken_back()
    {
        using FileHandle file = _queue.Make("Subject: x\n\nbody\n");
        MaildirOrder order = Order();
        Assert.Equal(OrderOutcome.Done, (await _runner.RunAsync(order, file)).Outcome);
        Assert.Single(Directory.GetFiles($"{_queue.Directory}/box/md/new"));
        OrderResult result = order.FlushFailed(Errno.EIO);
        Assert.Equal(OrderOutcome.Failed, result.Outcome);
        Assert.Empty(Directory.GetFiles($"{_queue.Directory}/box/md/new"));
    }

    [Fact]
    public async Task A_damaged_queue_file_delivers_nothing()
    {
        using FileHandle file = _queue.Make("Subject: x\n\nbody\n", complete: false);
        Assert.Equal(OrderOutcome.Corrupt, (await _runner.RunAsync(Order(), file)).Outcome);
        Assert.False(Directory.Exists($"{_queue.Directory}/box/md/new") && Directory.GetFiles($"{_queue.Directory}/box/md/new").Length > 0);
        Assert.Empty(Directory.GetFiles($"{_queue.Directory}/box/md/tmp"));
    }

    [Fact]
    public async Task A_file_in_the_way_of_the_maildir_is_a_failure_with_its_reason()
    {
        File.WriteAllText($"{_queue.Directory}/box", "");
        OrderResult result = await DeliverAsync("x\n");
        Assert.Equal((OrderOutcome.Failed, "5.2.0"), (result.Outcome, result.Status));
        Assert.Contains("create maildir file", result.Reason);
        Assert.EndsWith("Not a directory", result.Reason);
    }

    public void Dispose() => _queue.Dispose();

    private MaildirOrder Order() => new(0, 0, $"{_queue.Directory}/box/md/", "HEAD\n"u8.ToArray(), _queue.ContentOffset, "5.2.0");

    private async Task<OrderResult> DeliverAsync(string content)
    {
        using FileHandle file = _queue.Make(content);
        return await _runner.RunAsync(Order(), file);
    }
}
