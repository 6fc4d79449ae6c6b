using Mta.Linux;
using Mta.Text;

namespace Mta.Mail.Protocols;

/// <summary>
/// A client's connection to an internal service: the Unix stream with its buffers and attribute lists. Owns the
/// socket. Used by one caller at a time.
/// </summary>
public sealed class ServiceConnection : IDisposable
{
    private readonly SocketStream _stream;

    private ServiceConnection(SocketStream stream, TimeSpan timeout, int outputCapacity, int initial, ReadOnlySpan<byte> received = default)
    {
        _stream = stream;
        Input = new BufferedInput(_stream, initial, received) { Timeout = timeout };
        Output = new BufferedOutput(_stream, outputCapacity, initial) { Timeout = timeout };
        Reader = new AttributeReader(Input);
        Writer = new AttributeWriter(Output);
    }

    public BufferedInput Input { get; }

    public BufferedOutput Output { get; }

    public AttributeReader Reader { get; }

    public AttributeWriter Writer { get; }

    public SocketStream Socket => _stream;

    /// <summary>True when the server has closed or has sent something unasked: the connection is of no more use.</summary>
    public bool IsStale => !Input.Available.IsEmpty || _stream.HasInput;

    /// <summary>A connection that somebody else has made; the stream is owned.</summary>
    /// <param name="received">What was read from it and not consumed.</param>
    internal static ServiceConnection Over(SocketStream stream, TimeSpan timeout, int outputCapacity, int initial, ReadOnlySpan<byte> received = default) =>
        new(stream, timeout, outputCapacity, initial, received);

    /// <summary>Connects once and checks the announcement.</summary>
    /// <param name="path">Path of the socket, below the current directory (the queue directory) or absolute.</param>
    /// <param name="protocol">The announcement the service must send; null when the caller reads it (cleanup).</param>
    /// <param name="timeout">Longest wait for the connection, and for each read and flush on it.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <param name="outputCapacity">Bytes gathered before <see cref="BufferedOutput.IsFull"/>.</param>
    /// <param name="initial">Bytes that each buffer holds at first: little for connections that idle.</param>
    /// <exception cref="LinuxException">The service refused.</exception>
    /// <exception cref="AttributeFormatException">It announced another protocol.</exception>
    /// <exception cref="TimeoutException">The service did not answer in time.</exception>
    public static async ValueTask<ServiceConnection> ConnectAsync(string path, string? protocol, TimeSpan timeout, CancellationToken stop, int outputCapacity = 4096, int initial = 4096)
    {
        ValueTask<SocketStream> connect = UnixSocket.ConnectAsync(path, stop);
        SocketStream stream = connect.IsCompletedSuccessfully ? connect.Result : await connect.AsTask().WaitAsync(timeout, stop);
        ServiceConnection connection = new(stream, timeout, outputCapacity, initial);
        try
        {
            if (protocol is not null)
            {
                await Announcement.ReadAsync(connection.Reader, protocol, stop, path);
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The same for callers that must hold their thread: every operation blocks and returns finished.</summary>
    public static ServiceConnection ConnectBlocking(string path, string protocol, TimeSpan timeout)
    {
        int errno = UnixSocket.TryConnect(path, out FileHandle socket);
        if (errno != 0)
        {
            throw new LinuxException(errno, "connect", path);
        }

        Posix.SetWaitLimit(socket, timeout);
        SocketStream stream = new(socket) { Blocks = true };
        ServiceConnection connection = new(stream, timeout, 4096, 4096);
        try
        {
            Announcement.ReadAsync(connection.Reader, protocol, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Ends this object, but not the connection, which is the caller's from now on. What was read ahead is lost.</summary>
    internal SocketStream Detach()
    {
        Input.Dispose();
        Output.Dispose();
        return _stream;
    }

    public void Dispose() => Detach().Dispose();
}
