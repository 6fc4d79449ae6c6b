using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Mta.Linux;

/// <summary>
/// A connected stream socket as a <see cref="Stream"/>. Unlike NetworkStream it takes sockets in any blocking mode and
/// descriptors inherited or received from another process. Owns its socket. Reads and writes may overlap; two reads may
/// not, nor two writes. As with any stream, a failure is an <see cref="IOException"/>; the inner exception is the
/// socket's.
/// </summary>
public sealed class SocketStream : Stream
{
    // After so many operations that had no need to wait, the next one goes on elsewhere: a peer that is always ready
    // must not keep the thread that looks after the other sockets.
    private const int LongestRun = 64;

    private int _run;

    /// <summary>Takes over a connected socket.</summary>
    public SocketStream(Socket socket) => Socket = socket;

    /// <summary>Takes over a descriptor.</summary>
    public SocketStream(FileHandle descriptor)
        : this(new Socket(new SafeSocketHandle(descriptor.Release(), ownsHandle: true)))
    {
    }

    public Socket Socket { get; }

    /// <summary>The asynchronous methods block too, and return finished. For a socket in blocking mode.</summary>
    public bool Blocks { get; init; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Blocks)
        {
            return new ValueTask<int>(Read(buffer.Span));
        }

        ValueTask<int> read = Socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
        if (!read.IsCompletedSuccessfully)
        {
            _run = 0;
            return FinishReadAsync(read);
        }

        return ++_run < LongestRun ? new ValueTask<int>(read.Result) : ElsewhereAsync(read.Result);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return Socket.Receive(buffer);
        }
        catch (SocketException error)
        {
            throw Failure(error);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Blocks)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        ValueTask<int> send = Socket.SendAsync(buffer, SocketFlags.None, cancellationToken);
        if (send.IsCompletedSuccessfully)
        {
            int sent = send.Result;
            return sent == buffer.Length ? ValueTask.CompletedTask : SendRestAsync(buffer[sent..], cancellationToken);
        }

        return FinishAsync(send, buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            while (!buffer.IsEmpty)
            {
                buffer = buffer[Socket.Send(buffer)..];
            }
        }
        catch (SocketException error)
        {
            throw Failure(error);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Socket.Dispose();
        }

        base.Dispose(disposing);
    }

    private static IOException Failure(SocketException error) => new(Errno.Text(error.NativeErrorCode), error);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<int> FinishReadAsync(ValueTask<int> read)
    {
        try
        {
            return await read;
        }
        catch (SocketException error)
        {
            throw Failure(error);
        }
    }

    private async ValueTask<int> ElsewhereAsync(int count)
    {
        _run = 0;
        await Task.Yield();
        return count;
    }

    private async ValueTask FinishAsync(ValueTask<int> send, ReadOnlyMemory<byte> buffer, CancellationToken stop)
    {
        int sent;
        try
        {
            sent = await send;
        }
        catch (SocketException error)
        {
            throw Failure(error);
        }

        await SendRestAsync(buffer[sent..], stop);
    }

    private async ValueTask SendRestAsync(ReadOnlyMemory<byte> rest, CancellationToken stop)
    {
        try
        {
            while (!rest.IsEmpty)
            {
                rest = rest[await Socket.SendAsync(rest, SocketFlags.None, stop)..];
            }
        }
        catch (SocketException error)
        {
            throw Failure(error);
        }
    }
}
