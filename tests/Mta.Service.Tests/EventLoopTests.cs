namespace Mta.Service.Tests;

public sealed class EventLoopTests
{
    [Fact]
    public async Task Continuations_stay_on_the_loop()
    {
        EventLoop loop = new("test", static _ => { });
        bool stayed = false;
        await loop.InvokeAsync(async () =>
        {
            await Task.Yield();
            stayed = loop.IsCurrent;
            await Task.Run(static () => { });
            stayed &= loop.IsCurrent;
        });
        Assert.True(stayed);
    }

    [Fact]
    public async Task Nothing_runs_in_parallel()
    {
        EventLoop loop = new("test", static _ => { });
        int running = 0;
        int most = 0;
        int total = 0;
        Task[] tasks = new Task[50];
        for (int i = 0; i < tasks.Length; i++)
        {
            tasks[i] = loop.InvokeAsync(async () =>
            {
                for (int round = 0; round < 20; round++)
                {
                    most = Math.Max(most, ++running);
                    total++;
                    running--;
                    await Task.Yield();
                }
            });
        }

        await Task.WhenAll(tasks);
        Assert.Equal((1, 1000), (most, total));
    }

    [Fact]
    public async Task Exception_of_an_action_is_reported_and_the_loop_lives()
    {
        TaskCompletionSource<string> reported = new();
        EventLoop loop = new("test", failure => reported.TrySetResult(failure.Message));
        loop.Post(static () => throw new InvalidOperationException("oops"));
        Assert.Equal("oops", await reported.Task);
        await loop.InvokeAsync(static () => Task.CompletedTask);
    }

    [Fact]
    public async Task Turn_runs_after_work()
    {
        EventLoop loop = new("test", static _ => { });
        TaskCompletionSource turned = new();
        loop.Turn = () => turned.TrySetResult();
        loop.Post(static () => { });
        await turned.Task;
    }
}
