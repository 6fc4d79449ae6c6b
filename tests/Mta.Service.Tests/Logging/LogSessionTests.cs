using Mta.Service.Logging;

namespace Mta.Service.Tests.Logging;

public sealed class LogSessionTests
{
    [Fact]
    public async Task Sessions_have_numbers_of_their_own_above_every_process_id()
    {
        long pidMax = long.Parse(File.ReadAllText("/proc/sys/kernel/pid_max"));
        long[] numbers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () =>
        {
            using LogSession.Scope scope = LogSession.Begin();
            await Task.Yield();
            long number = LogSession.Number;
            await Task.Delay(20);
            Assert.Equal(number, LogSession.Number);
            return number;
        })));
        Assert.All(numbers, number =>
        {
            Assert.True(number > pidMax);
            Assert.Equal(Environment.ProcessId, number % pidMax);
        });
    }

    [Fact]
    public void Number_ends_with_the_session()
    {
        using (LogSession.Begin())
        {
            Assert.NotEqual(0, LogSession.Number);
        }

        Assert.Equal(0, LogSession.Number);
    }
}
