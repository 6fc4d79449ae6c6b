using System.Diagnostics;
using Mta.Linux;

namespace Mta.Service.Tests;

public sealed class FlowControlTests
{
    [Fact]
    public void Without_a_master_there_is_no_flow_control()
    {
        FlowControl flow = new(null, null);
        flow.Give(5);
        Assert.Equal((0, 0), (flow.Available, flow.Take(1)));
    }

    [Fact]
    public async Task Those_who_find_no_token_go_on_as_soon_as_one_is_given()
    {
        (FileHandle read, FileHandle write) = Posix.Pipe(nonBlocking: true);
        FlowControl flow = new(read, write);
        Task[] waiting = [.. Enumerable.Range(0, 20).Select(_ => flow.TakeOrWaitAsync(TimeSpan.FromMinutes(5), default).AsTask())];
        Assert.DoesNotContain(waiting, static task => task.IsCompleted);
        flow.Give(7);
        await FirstAsync(7);
        flow.Give(13);
        await FirstAsync(20);
        Assert.Equal(0, flow.Available);

        async Task FirstAsync(int count)
        {
            var limit = Stopwatch.StartNew();
            while (waiting.Count(static task => task.IsCompletedSuccessfully) < count || flow.Available > 0)
            {
                Assert.True(limit.Elapsed < TimeSpan.FromSeconds(30), "a token lies there and somebody waits");
                await Task.Yield();
            }

            Assert.Equal(count, waiting.Count(static task => task.IsCompletedSuccessfully));
        }
    }

    [Fact]
    public async Task Nobody_waits_longer_than_he_has_to()
    {
        (FileHandle read, FileHandle write) = Posix.Pipe(nonBlocking: true);
        FlowControl flow = new(read, write);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => flow.TakeOrWaitAsync(TimeSpan.FromMilliseconds(20), default).AsTask()));
        flow.Give(1);
        Assert.Equal(1, flow.Available);
    }

    [Fact]
    public async Task A_wait_ends_when_its_client_has_gone()
    {
        (FileHandle read, FileHandle write) = Posix.Pipe(nonBlocking: true);
        FlowControl flow = new(read, write);
        using CancellationTokenSource gone = new();
        Task waiting = flow.TakeOrWaitAsync(TimeSpan.FromMinutes(5), gone.Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}
