using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Tests;

namespace Mta.Mail.Tests.Protocols;

public class KeptConnectionsTests
{
    private readonly TestClock _clock = new();
    private readonly KeptConnections _kept;

    public KeptConnectionsTests() => _kept = new KeptConnections(_clock);

    [Fact]
    public void The_last_one_comes_back_first()
    {
        SocketStream first = New();
        SocketStream second = New();
        _kept.Add(new KeptConnection(first));
        _kept.Add(new KeptConnection(second));

        Assert.Same(second, _kept.TryTake()?.Stream);
        Assert.Same(first, _kept.TryTake()?.Stream);
        Assert.Null(_kept.TryTake());
    }

    [Fact]
    public void Those_that_rested_too_long_are_closed()
    {
        SocketStream old = New();
        _kept.Add(new KeptConnection(old));
        _clock.Passed += KeptConnections.LongestRest;

        Assert.Null(_kept.TryTake());
        Assert.True(old.Handle.IsClosed);
    }

    [Fact]
    public void No_more_than_a_few_are_kept()
    {
        SocketStream[] streams = Enumerable.Range(0, KeptConnections.Most + 1).Select(static _ => New()).ToArray();
        Array.ForEach(streams, stream => _kept.Add(new KeptConnection(stream)));

        Assert.True(streams[^1].Handle.IsClosed);
        Assert.Same(streams[^2], _kept.TryTake()?.Stream);
    }

    [Fact]
    public void After_a_refusal_none_is_kept_for_a_while()
    {
        SocketStream before = New();
        _kept.Add(new KeptConnection(before));
        _kept.Refuse();
        SocketStream during = New();
        _kept.Add(new KeptConnection(during));

        Assert.True(before.Handle.IsClosed);
        Assert.True(during.Handle.IsClosed);
        Assert.Null(_kept.TryTake());

        _clock.Passed += KeptConnections.Pause;
        SocketStream after = New();
        _kept.Add(new KeptConnection(after));
        Assert.Same(after, _kept.TryTake()?.Stream);
    }

    private static SocketStream New() => new(Posix.Open("/dev/null", OpenFlags.ReadOnly));
}
