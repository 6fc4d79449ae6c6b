using System.Net;
using System.Runtime.CompilerServices;

namespace Mta.Linux;

/// <summary>
/// A connected stream socket as a <see cref="Stream"/>, in any blocking mode, made here, inherited or received from
/// another process. Owns its descriptor. Reads and writes may overlap; two reads may not, nor two writes. As with any
/// stream, a failure is an <see cref="IOException"/> with the system's text; the inner exception has the number.
/// </summary>
public sealed class SocketStream : DuplexStream
{
    // After so many operations that had no need to wait, the next one goes on elsewhere: a peer that is always ready
    // must not keep the thread that looks after the other sockets.
    private const int LongestRun = 64;

    private readonly SocketWaits _waits;
    private int _run;
    private int _closed;

    /// <summary>Takes over a descriptor.</summary>
    public SocketStream(FileHandle socket)
    {
        Handle = socket;
        _waits = new SocketWaits(socket);
    }

    public FileHandle Handle { get; }

    /// <summary>The asynchronous methods block too, and return finished. For a socket in blocking mode.</summary>
    public bool Blocks { get; init; }

    /// <summary>
    /// Who waited for a socket goes on in the thread that watches sockets, in this whole process: saves a wake-up, where
    /// no work blocks for long. Set before the first wait.
    /// </summary>
    public static bool ContinuesInPlace
    {
        get => Reactor.ContinuesInPlace;
        set => Reactor.ContinuesInPlace = value;
    }

    /// <summary>
    /// The calling thread is about to block, for the disk say: where it is one that watches sockets, another takes its place.
    /// </summary>
    public static void LendThread() => Reactor.LendThread();

    /// <inheritdoc cref="SocketWaits.MoveHere"/>
    public void MoveHere() => _waits.MoveHere();

    /// <summary>A read would not wait: there is input, or the peer has closed.</summary>
    public bool HasInput => IsReady(Handle, PollEvents.Input);

    /// <summary>Bytes that a read would get now; 0 also when the peer is gone.</summary>
    public int BytesWaiting => Posix.TryCountWaiting(Handle, out int count) == 0 ? count : 0;

    /// <summary>Connects over TCP, with replies not held back for an acknowledgement (TCP_NODELAY).</summary>
    /// <exception cref="LinuxException">No connection.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/>: the caller's deadline or shutdown.</exception>
    public static ValueTask<SocketStream> ConnectAsync(IPEndPoint address, CancellationToken stop) =>
        ConnectAsync(InetSocket.New(address.AddressFamily), address, stop);

    /// <summary>Connects a socket that <see cref="InetSocket.New"/> has made; it is taken over, and closed on failure.</summary>
    /// <inheritdoc cref="ConnectAsync(IPEndPoint, CancellationToken)"/>
    public static async ValueTask<SocketStream> ConnectAsync(FileHandle socket, IPEndPoint address, CancellationToken stop)
    {
        SocketStream stream = new(socket);
        try
        {
            int errno = Posix.TryConnect(socket, SocketNumbers.InetAddress(address));
            if (errno == Errno.EINPROGRESS)
            {
                // Connected or not, in the end it is writable; before, a wait may end too early.
                while (!IsReady(socket, PollEvents.Output))
                {
                    await stream._waits.OutputAsync(stop);
                }

                errno = Posix.SocketError(socket);
            }

            // A connection that is gone already was one: who reads from it finds its end.
            return errno is 0 or Errno.EPIPE or Errno.ECONNRESET ? stream : throw new LinuxException(errno, "connect");
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Connects to the first of a host's addresses that takes the connection.</summary>
    /// <exception cref="IOException">None does: what the last one said; or there is none, and the text says so.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/>: the caller's deadline or shutdown.</exception>
    public static async ValueTask<SocketStream> ConnectToFirstAsync(IEnumerable<IPEndPoint> addresses, string none, CancellationToken stop)
    {
        IOException? last = null;
        foreach (IPEndPoint address in addresses)
        {
            try
            {
                return await ConnectAsync(address, stop);
            }
            catch (LinuxException error)
            {
                last = new IOException(error.Reason, error);
            }
        }

        throw last ?? new IOException(none);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Blocks)
        {
            return new ValueTask<int>(Read(buffer.Span));
        }

        int errno = Posix.TryReceive(Handle, buffer.Span, wait: false, out int received);
        return errno switch
        {
            0 when ++_run < LongestRun => new ValueTask<int>(received),
            0 => ElsewhereAsync(received),
            Errno.EAGAIN => ReadLaterAsync(buffer, cancellationToken),
            _ => ValueTask.FromException<int>(Failure(errno, "recv")),
        };
    }

    public override int Read(Span<byte> buffer)
    {
        int errno = Posix.TryReceive(Handle, buffer, wait: true, out int received);
        return errno == 0 ? received : throw Failure(errno, "recv");
    }

    /// <summary>Reads and leaves what was read where it is.</summary>
    /// <returns>Number of bytes; 0 when the peer has closed.</returns>
    public async ValueTask<int> PeekAsync(Memory<byte> buffer, CancellationToken stop)
    {
        while (true)
        {
            int errno = Posix.TryPeek(Handle, buffer.Span, out int received);
            if (errno != Errno.EAGAIN)
            {
                return errno == 0 ? received : throw Failure(errno, "recv");
            }

            await _waits.InputAsync(stop);
        }
    }

    /// <summary>Waits for one descriptor (<see cref="Posix.TryReceiveDescriptor"/>).</summary>
    /// <returns>Error number 0 and the descriptor, which the caller owns; or the error number.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/>: the caller's deadline or shutdown.</exception>
    public async ValueTask<(int Errno, FileHandle Descriptor)> TryReceiveDescriptorAsync(CancellationToken stop)
    {
        while (true)
        {
            int errno = Posix.TryReceiveDescriptor(Handle, out FileHandle descriptor);
            if (errno != Errno.EAGAIN)
            {
                return (errno, descriptor);
            }

            await _waits.InputAsync(stop);
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Blocks)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        int sent = 0;
        while (sent < buffer.Length)
        {
            int errno = Posix.TrySend(Handle, buffer.Span[sent..], wait: false, out int part);
            if (errno == Errno.EAGAIN)
            {
                return WriteLaterAsync(buffer[sent..], cancellationToken);
            }

            if (errno != 0)
            {
                return ValueTask.FromException(Failure(errno, "send"));
            }

            sent += part;
        }

        return ValueTask.CompletedTask;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int errno = Posix.TrySend(Handle, buffer, wait: true, out int sent);
            buffer = errno == 0 ? buffer[sent..] : throw Failure(errno, "send");
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _closed, 1) == 0)
        {
            _waits.Close();
            Handle.Dispose();
        }

        base.Dispose(disposing);
    }

    // Closed while it was waited for.
    private FileHandle Open => Volatile.Read(ref _closed) == 0 ? Handle : throw Failure(Errno.ECANCELED, "close");

    private static bool IsReady(FileHandle socket, PollEvents events)
    {
        PollEntry entry = new(socket.Descriptor, events);
        return Posix.Poll(new Span<PollEntry>(ref entry), 0) > 0;
    }

    private static IOException Failure(int errno, string call) => new(Errno.Text(errno), new LinuxException(errno, call));

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadLaterAsync(Memory<byte> buffer, CancellationToken stop)
    {
        _run = 0;
        while (true)
        {
            await _waits.InputAsync(stop);
            int errno = Posix.TryReceive(Open, buffer.Span, wait: false, out int received);
            if (errno != Errno.EAGAIN)
            {
                return errno == 0 ? received : throw Failure(errno, "recv");
            }
        }
    }

    private async ValueTask<int> ElsewhereAsync(int count)
    {
        _run = 0;
        await Task.Yield();
        return count;
    }

    private async ValueTask WriteLaterAsync(ReadOnlyMemory<byte> rest, CancellationToken stop)
    {
        while (!rest.IsEmpty)
        {
            await _waits.OutputAsync(stop);
            int errno = Posix.TrySend(Open, rest.Span, wait: false, out int sent);
            if (errno is not (0 or Errno.EAGAIN))
            {
                throw Failure(errno, "send");
            }

            rest = rest[sent..];
        }
    }
}
