using Mta.Linux;

namespace Mta.Fuzz;

/// <summary>
/// A server that has said everything before it is asked anything, and then only listens. Whoever connects gets the other
/// end of a pair of sockets: nobody waits for another thread, so that thousands of inputs a second pass.
/// </summary>
internal sealed class TalkingServer : IDisposable
{
    private readonly byte[] _heard = new byte[8192];
    private SocketStream? _here;

    public TalkingServer() => Endpoint = new TalkingEndpoint(this);

    public byte[] Says { get; set; } = [];

    public StreamEndpoint Endpoint { get; }

    /// <summary>The client's end. The connection before is closed.</summary>
    public SocketStream Connect()
    {
        _here?.Dispose();
        (FileHandle here, FileHandle there) = Posix.SocketPair();
        _here = new SocketStream(here);
        _here.Write(Says);
        Assert.Equal(0, Posix.TryShutdownWrite(here));
        return new SocketStream(there);
    }

    /// <summary>Takes what the client has sent so far: a long talk would fill the socket.</summary>
    public void Hear()
    {
        while (_here is { BytesWaiting: > 0 })
        {
            _ = _here.Read(_heard);
        }
    }

    public void Dispose() => _here?.Dispose();

    private sealed record TalkingEndpoint(TalkingServer Server) : StreamEndpoint("talker", "", "")
    {
        public override ValueTask<SocketStream> ConnectAsync(TimeSpan timeout, CancellationToken stop) => new(Server.Connect());
    }
}
