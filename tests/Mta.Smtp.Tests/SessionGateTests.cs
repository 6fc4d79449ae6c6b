using Mta.Tests;

namespace Mta.Smtp.Tests;

public sealed class SessionGateTests
{
    private readonly TestClock _clock = new();

    [Fact]
    public async Task Places_are_given_in_the_order_in_which_they_were_asked_for()
    {
        SessionGate<string> gate = Full(limit: 2);
        Task<string?>[] waiting = [Enter(gate), Enter(gate), Enter(gate)];
        Assert.True(gate.IsCrowded);
        gate.Leave();
        Assert.Null(await waiting[0]);
        gate.Leave();
        Assert.Null(await waiting[1]);
        Assert.False(waiting[2].IsCompleted);
    }

    [Fact]
    public async Task With_a_limit_of_one_a_second_enters_only_when_the_first_has_left()
    {
        SessionGate<string> gate = new(1, _clock);
        Assert.True(gate.TryEnter());
        Assert.False(gate.TryEnter());
        Task<string?> second = Enter(gate);
        Assert.False(second.IsCompleted);
        gate.Leave();
        Assert.Null(await second);
        Assert.False(gate.TryEnter());
        gate.Leave();
        Assert.True(gate.TryEnter());
    }

    [Fact]
    public async Task A_session_is_handed_on_to_the_first_that_waits_for_its_server()
    {
        SessionGate<string> gate = Full(limit: 1);
        Task<string?> other = Enter(gate, "b");
        Task<string?> first = Enter(gate, "c", "a");
        Task<string?> second = Enter(gate, "a");
        Assert.True(gate.TryHandOn("a", "session 1"));
        Assert.Equal("session 1", await first);
        Assert.False(gate.TryHandOn("c", "session 2"));
        Assert.True(gate.TryHandOn("a", "session 1"));
        Assert.Equal("session 1", await second);
        Assert.False(other.IsCompleted);
    }

    [Fact]
    public async Task Nobody_takes_a_session_of_another_server_and_the_place_stays_with_its_owner()
    {
        SessionGate<string> gate = Full(limit: 1);
        Task<string?> waiting = Enter(gate, "b");
        Assert.False(gate.TryHandOn("a", "session"));
        Assert.False(waiting.IsCompleted);
        gate.Leave();
        Assert.Null(await waiting);
    }

    [Fact]
    public async Task Who_has_waited_long_is_not_passed_by()
    {
        SessionGate<string> gate = Full(limit: 1);
        Task<string?> first = Enter(gate, "b");
        Task<string?> second = Enter(gate, "a");
        _clock.Passed += SessionGate<string>.Patience;
        Assert.False(gate.TryHandOn("a", "session"));
        gate.Leave();
        Assert.Null(await first);
        Assert.True(gate.TryHandOn("a", "session"));
        Assert.Equal("session", await second);
    }

    [Fact]
    public async Task Who_stops_waiting_takes_no_place()
    {
        SessionGate<string> gate = Full(limit: 1);
        using CancellationTokenSource stop = new();
        Task<string?> gone = gate.EnterAsync(["a"], stop.Token).AsTask();
        Task<string?> next = Enter(gate, "b");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        Assert.False(gate.TryHandOn("a", "session"));
        gate.Leave();
        Assert.Null(await next);
        gate.Leave();
        Assert.True(gate.TryEnter());
        Assert.False(gate.IsCrowded);
    }

    private static Task<string?> Enter(SessionGate<string> gate, params string[] keys) => gate.EnterAsync(keys, CancellationToken.None).AsTask();

    private SessionGate<string> Full(int limit)
    {
        SessionGate<string> gate = new(limit, _clock);
        for (int i = 0; i < limit; i++)
        {
            Assert.True(gate.TryEnter());
        }

        return gate;
    }
}
