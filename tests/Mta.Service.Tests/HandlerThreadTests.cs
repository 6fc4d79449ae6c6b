namespace Mta.Service.Tests;

public sealed class HandlerThreadTests
{
    [Fact]
    public async Task Continuations_stay_on_the_thread()
    {
        HandlerThread thread = new("test", static _ => { });
        bool stayed = false;
        await thread.InvokeAsync(async () =>
        {
            await Task.Yield();
            stayed = SynchronizationContext.Current == thread;
            await Task.Run(static () => { });
            stayed &= SynchronizationContext.Current == thread;
        });
        Assert.True(stayed);
    }

    [Fact]
    public async Task Nothing_runs_in_parallel()
    {
        HandlerThread thread = new("test", static _ => { });
        int running = 0;
        int most = 0;
        int total = 0;
        Task[] tasks = new Task[50];
        for (int i = 0; i < tasks.Length; i++)
        {
            tasks[i] = thread.InvokeAsync(async () =>
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
    public async Task Exception_of_an_action_is_reported_and_the_thread_lives()
    {
        TaskCompletionSource<string> reported = new();
        HandlerThread thread = new("test", failure => reported.TrySetResult(failure.Message));
        thread.Post(static _ => throw new InvalidOperationException("oops"), null);
        Assert.Equal("oops", await reported.Task);
        await thread.InvokeAsync(static () => Task.CompletedTask);
    }
}
