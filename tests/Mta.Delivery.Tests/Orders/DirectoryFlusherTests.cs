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
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 16 }, _ => flusher.Expect("/tmp").Flush((errno, _) =>
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
        Parallel.For(0, 50, new ParallelOptions { MaxDegreeOfParallelism = 16 }, _ => flusher.Expect("/no/such/directory").Flush((errno, _) =>
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
        flusher.Expect("/tmp").Flush((_, _) =>
        {
            order.Add("first");
            flusher.Expect("/tmp").Flush((_, more) => order.Add($"second {more}"));
            flusher.Expect("/tmp").Flush((_, more) => order.Add($"third {more}"));
            order.Add("asked");
        });
        Assert.Equal(["first", "asked", "second True", "third False"], order);
    }

    [Fact]
    public void A_flush_waits_for_those_who_are_about_to_make_an_entry()
    {
        DirectoryFlusher flusher = new();
        List<string> order = [];
        DirectoryFlusher.PendingEntry first = flusher.Expect("/tmp");
        DirectoryFlusher.PendingEntry second = flusher.Expect("/tmp");
        first.Flush((_, more) => order.Add($"first {more}"));
        Assert.Empty(order);

        // Whoever begins after somebody waits is not waited for.
        DirectoryFlusher.PendingEntry third = flusher.Expect("/tmp");
        second.Flush((_, more) => order.Add($"second {more}"));
        Assert.Equal(["first True", "second False"], order);
        third.Flush((_, more) => order.Add($"third {more}"));
        Assert.Equal(["first True", "second False", "third False"], order);
    }

    [Fact]
    public void Whoever_gives_up_lets_the_others_flush()
    {
        DirectoryFlusher flusher = new();
        int done = 0;
        using DirectoryFlusher.PendingEntry abandoned = flusher.Expect("/tmp");
        flusher.Expect("/tmp").Flush((_, _) => done++);
        Assert.Equal(0, done);
        abandoned.Dispose();
        Assert.Equal(1, done);
        abandoned.Dispose();
        Assert.Equal(1, done);
    }

    [Fact]
    public void Nobody_waits_for_what_takes_long_or_is_elsewhere()
    {
        DirectoryFlusher flusher = new();
        int done = 0;
        using DirectoryFlusher.PendingEntry large = flusher.Expect("/tmp", isSoon: false);
        using DirectoryFlusher.PendingEntry elsewhere = flusher.Expect("/");
        flusher.Expect("/tmp").Flush((_, _) => done++);
        Assert.Equal(1, done);
        large.Flush((_, _) => done++);
        Assert.Equal(2, done);
    }

    [Fact]
    public async Task Everyone_is_served_whatever_the_order()
    {
        DirectoryFlusher flusher = new();
        int done = 0;
        int given = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() =>
        {
            for (int i = 0; i < 300; i++)
            {
                DirectoryFlusher.PendingEntry entry = flusher.Expect(worker % 4 == 0 ? "/" : "/tmp", isSoon: i % 7 != 0);
                if (i % 5 == 0)
                {
                    entry.Dispose();
                    continue;
                }

                Interlocked.Increment(ref given);
                entry.Flush((_, _) => Interlocked.Increment(ref done));
            }
        })));
        Assert.Equal(given, done);
    }
}
