using Mta.Linux;
using Mta.Text;

namespace Mta.Service;

/// <summary>
/// One client of a daemon: the stream, its buffers and both addresses. The skeleton makes it and disposes of it
/// when the session's task has ended. Used by one session at a time.
/// </summary>
public sealed class ClientConnection : IDisposable
{
    private readonly Stream? _given;
    private readonly SocketStream? _socket;
    private BufferedInput? _input;
    private BufferedOutput? _output;
    private SocketName? _peer;
    private SocketName? _local;

    internal ClientConnection(ServiceContext context, FileHandle file, SocketName peer, TimeSpan timeout)
    {
        Context = context;
        _socket = new SocketStream(file);
        _peer = peer;
        Timeout = timeout;
    }

    /// <summary>A client that another service has handed over.</summary>
    internal ClientConnection(ServiceContext context, FileHandle file, SocketName peer, SocketName local, TimeSpan timeout)
        : this(context, file, peer, timeout)
    {
        _local = local;
        IsPassed = true;
    }

    /// <summary>A connection over any stream: stdin and stdout (option -S), and tests.</summary>
    public ClientConnection(ServiceContext context, Stream stream, SocketName peer, SocketName local, TimeSpan timeout)
    {
        Context = context;
        _given = stream;
        _peer = peer;
        _local = local;
        Timeout = timeout;
    }

    public ServiceContext Context { get; }

    /// <summary>Another service has handed this client over (service type <c>pass</c>).</summary>
    public bool IsPassed { get; internal init; }

    /// <summary>Longest wait of a read or flush that this connection's buffers start with: <c>ipc_timeout</c>.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The socket; null over stdin and stdout.</summary>
    public SocketStream? Socket => _socket;

    public Stream Stream => _given ?? _socket!; // Without a given stream there is a socket.

    /// <summary>Bytes that each buffer holds at first. Set it before their first use; little for clients that idle.</summary>
    public int InitialBuffer { get; set; } = 4096;

    public BufferedInput Input => _input ??= new BufferedInput(Stream, InitialBuffer) { Timeout = Timeout };

    public BufferedOutput Output => _output ??= new BufferedOutput(Stream, 4096, InitialBuffer) { Timeout = Timeout };

    /// <summary>The client's end. For a Unix socket the address is empty.</summary>
    public SocketName Peer => _peer ??= default;

    /// <summary>This end.</summary>
    public SocketName Local
    {
        get
        {
            if (_local is null)
            {
                Posix.TryGetSocketName(_socket?.Handle.Descriptor ?? 0, out SocketName name);
                _local = name;
            }

            return _local.Value;
        }
    }

    /// <summary>Token for the wait for the client's next request; see <see cref="ServiceContext.BetweenRequests"/>.</summary>
    public CancellationToken BetweenRequests => Context.BetweenRequests;

    public void Dispose()
    {
        _input?.Dispose();
        _output?.Dispose();
        _given?.Dispose();
        _socket?.Dispose();
    }
}
