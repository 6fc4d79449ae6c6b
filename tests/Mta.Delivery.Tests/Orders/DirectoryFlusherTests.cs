using Mta.Delivery.Orders;
using Mta.Linux;

namespace Mta.Delivery.Tests.Orders;

public sealed class DirectoryFlusherTests
{
    [Fact]
    public void Many_threads_flush_one_directory()
    {
        DirectoryFlusher flusher = new();
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 16 }, _ => flusher.Flush("/tmp"));
    }

    [Fact]
    public void A_failure_reaches_everyone_who_waits()
    {
        DirectoryFlusher flusher = new();
        int failures = 0;
        Parallel.For(0, 50, new ParallelOptions { MaxDegreeOfParallelism = 16 }, _ =>
        {
            try
            {
                flusher.Flush("/no/such/directory");
            }
            catch (LinuxException)
            {
                Interlocked.Increment(ref failures);
            }
        });
        Assert.Equal(50, failures);
    }
}
