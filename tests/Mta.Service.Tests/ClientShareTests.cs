using Mta.Linux;
using Mta.Mail.Protocols;

namespace Mta.Service.Tests;

public sealed class ClientShareTests : IDisposable
{
    private readonly FileHandle _master;
    private readonly StatusChannel _status;

    public ClientShareTests()
    {
        (_master, FileHandle worker) = Posix.SocketPair();
        _status = new StatusChannel(worker, 7);
    }

    public void Dispose() => _master.Dispose();

    private List<WorkerState> Reports()
    {
        List<WorkerState> states = [];
        Span<byte> message = stackalloc byte[StatusMessage.Size];
        while (Posix.Receive(_master.Descriptor, message) == message.Length && StatusMessage.TryParse(message, out StatusMessage parsed))
        {
            Assert.Equal((Environment.ProcessId, 7u), (parsed.ProcessId, parsed.Generation));
            states.Add(parsed.State);
        }

        return states;
    }

    [Fact]
    public void One_client_at_a_time_reports_each_client()
    {
        ClientShare share = new(_status, 1, 100, TimeProvider.System);
        share.Enter();
        share.Leave();
        share.Enter();
        share.Leave();
        Assert.Equal([WorkerState.Taken, WorkerState.Available, WorkerState.Taken, WorkerState.Available], Reports());
    }

    [Fact]
    public void Share_reports_when_it_is_full_and_when_there_is_room_again()
    {
        ClientShare share = new(_status, 2, 100, TimeProvider.System);
        share.Enter();
        Assert.Empty(Reports());
        share.Enter();
        Assert.True(share.IsFull);
        Assert.Equal([WorkerState.Taken], Reports());
        share.Leave();
        share.Leave();
        Assert.Equal([WorkerState.Available], Reports());
    }

    [Fact]
    public void Use_limit_counts_clients()
    {
        ClientShare share = new(_status, 1, 2, TimeProvider.System);
        share.Enter();
        share.Leave();
        Assert.False(share.IsUsedUp);
        share.Enter();
        Assert.True(share.IsUsedUp);
    }

    [Fact]
    public void Multi_server_keeps_serving_beyond_the_use_limit_while_it_has_clients()
    {
        ClientShare share = new(_status, int.MaxValue, 1, TimeProvider.System) { KeepsWhileServing = true, ReportsFirst = true };
        share.Enter();
        Assert.False(share.IsUsedUp);
        share.Leave();
        Assert.True(share.IsUsedUp);
        Assert.Equal([WorkerState.Taken, WorkerState.Available], Reports());
    }

    [Fact]
    public void Vanished_master_ends_the_process_after_the_client()
    {
        ClientShare share = new(_status, 1, 100, TimeProvider.System);
        _master.Dispose();
        share.Enter();
        Assert.False(share.IsUsedUp);
        share.Leave();
        Assert.True(share.IsUsedUp);
    }
}
