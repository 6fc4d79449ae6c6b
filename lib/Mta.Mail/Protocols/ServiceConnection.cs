using System.Net.Sockets;
using Mta.Text;

namespace Mta.Mail.Protocols;

/// <summary>
/// A client's connection to an internal service: the Unix stream with its buffers and attribute lists. Owns the
/// socket. Used by one caller at a time.
/// </summary>
public sealed class ServiceConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;

    private ServiceConnection(Socket socket, TimeSpan timeout, int outputCapacity)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        Input = new BufferedInput(_stream) { Timeout = timeout };
        Output = new BufferedOutput(_stream, outputCapacity) { Timeout = timeout };
        Reader = new AttributeReader(Input);
        Writer = new AttributeWriter(Output);
    }

    public BufferedInput Input { get; }

    public BufferedOutput Output { get; }

    public AttributeReader Reader { get; }

    public AttributeWriter Writer { get; }

    public Socket Socket => _socket;

    /// <summary>True when the server has closed or has sent something unasked: the connection is of no more use.</summary>
    public bool IsStale => !Input.Available.IsEmpty || _socket.Poll(0, SelectMode.SelectRead);

    /// <summary>Connects once and checks the announcement.</summary>
    /// <param name="path">Path of the socket, below the current directory (the queue directory) or absolute.</param>
    /// <param name="protocol">The announcement the service must send; null when the caller reads it (cleanup).</param>
    /// <param name="timeout">Longest wait for the connection, and for each read and flush on it.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <param name="outputCapacity">Bytes gathered before <see cref="BufferedOutput.IsFull"/>.</param>
    /// <exception cref="IOException">The service refused, or announced another protocol.</exception>
    /// <exception cref="TimeoutException">The service did not answer in time.</exception>
    public static async ValueTask<ServiceConnection> ConnectAsync(string path, string? protocol, TimeSpan timeout, CancellationToken stop, int outputCapacity = 4096)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        ServiceConnection? connection = null;
        try
        {
            try
            {
                ValueTask connect = socket.ConnectAsync(new UnixDomainSocketEndPoint(path), CancellationToken.None);
                if (!connect.IsCompletedSuccessfully)
                {
                    await connect.AsTask().WaitAsync(timeout, stop);
                }
            }
            catch (SocketException error)
            {
                throw new IOException($"connect to {path}: {Linux.Errno.Text(error.NativeErrorCode)}", error);
            }

            connection = new ServiceConnection(socket, timeout, outputCapacity);
            if (protocol is not null)
            {
                await Announcement.ReadAsync(connection.Reader, protocol, stop);
            }

            return connection;
        }
        catch
        {
            connection?.Dispose();
            socket.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Input.Dispose();
        Output.Dispose();
        _stream.Dispose();
    }
}
