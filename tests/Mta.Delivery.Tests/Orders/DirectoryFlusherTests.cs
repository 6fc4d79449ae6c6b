using Mta.Delivery.Orders;
using Mta.Linux;

namespace Mta.Delivery.Tests.Orders;

public sealed class DirectoryFlusherTests
{
    [Fact]
    public void Everyone_is_told_once_that_the_directory_is_flushed()
    {
        DirectoryFlusher flusher = new();
        int done = 0;
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 16 }, _ => flusher.Flush("/tmp", (errno, _) =>
        {
            Assert.Equal(0, errno);
            Interlocked.Increment(ref done);
        }));
        Assert.Equal(200, done);
    }

    [Fact]
    public void A_failure_reaches_everyone_who_asked()
    {
        DirectoryFlusher flusher = new();
        int failures = 0;
        Parallel.For(0, 50, new ParallelOptions { MaxDegreeOfParallelism = 16 }, _ => flusher.Flush("/no/such/directory", (errno, _) =>
        {
            Assert.Equal(Errno.ENOENT, errno);
            Interlocked.Increment(ref failures);
        }));
        Assert.Equal(50, failures);
    }

    [Fact]
    public void Who_asks_during_a_flush_is_served_by_the_next_one()
    {
        DirectoryFlusher flusher = new();
        List<string> order = [];
        flusher.Flush("/tmp", (_, _) =>
        {
            order.Add("first");
            flusher.Flush("/tmp", (_, more) => order.Add($"second {more}"));
            flusher.Flush("/tmp", (_, more) => order.Add($"third {more}"));
            order.Add("asked");
        });
        Assert.Equal(["first", "asked", "second True", "third False"], order);
    }
}
