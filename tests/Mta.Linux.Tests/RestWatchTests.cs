using Mta.Tests;

namespace Mta.Linux.Tests;

public sealed class RestWatchTests
{
    private readonly TestClock _clock = new();
    private readonly RestWatch _watch;
    private int _rests;

    public RestWatchTests() => _watch = new RestWatch(TimeSpan.FromSeconds(2), () => _rests++, _clock);

    [Fact]
    public void A_thread_waits_for_the_rest_of_the_quiet_time()
    {
        _clock.Passed += TimeSpan.FromMilliseconds(500);
        Assert.Equal(1501, _watch.Wait(-1));
        Assert.Equal(100, _watch.Wait(100));
        Assert.Equal(0, _watch.Wait(0));
    }

    [Fact]
    public void Work_of_another_thread_puts_the_rest_off()
    {
        _clock.Passed += TimeSpan.FromMilliseconds(1500);
        _watch.Waited(hasWork: true);
        _clock.Passed += TimeSpan.FromMilliseconds(1500);
        _watch.Waited(hasWork: false);
        Assert.Equal(0, _rests);
        Assert.Equal(501, _watch.Wait(-1));
    }

    [Fact]
    public void Of_several_threads_one_acts_and_then_all_wait_for_ever()
    {
        _clock.Passed += TimeSpan.FromMilliseconds(2000);
        _watch.Waited(hasWork: false);
        _watch.Waited(hasWork: false);
        Assert.Equal(1, _rests);
        Assert.Equal(-1, _watch.Wait(-1));
        Assert.Equal(300_000, _watch.Wait(300_000));
    }

    [Fact]
    public void After_new_work_there_is_a_new_rest()
    {
        _clock.Passed += TimeSpan.FromMilliseconds(2000);
        _watch.Waited(hasWork: false);
        _clock.Passed += TimeSpan.FromMilliseconds(60_000);
        _watch.Waited(hasWork: true);
        Assert.Equal(2001, _watch.Wait(-1));
        _clock.Passed += TimeSpan.FromMilliseconds(2000);
        _watch.Waited(hasWork: false);
        Assert.Equal(2, _rests);
    }
}
