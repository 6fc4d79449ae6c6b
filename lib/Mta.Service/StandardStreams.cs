using Mta.Linux;

namespace Mta.Service;

/// <summary>stdin and stdout as one stream (option -S: one client, given by the caller). Blocking calls run on pool threads.</summary>
internal sealed class StandardStreams : Stream
{
    private readonly FileHandle _input = new(0, ownsHandle: false);
    private readonly FileHandle _output = new(1, ownsHandle: false);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Posix.Read(_input, buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        new(Task.Run(() => Posix.Read(_input, buffer.Span), CancellationToken.None).WaitAsync(cancellationToken));

    public override void Write(byte[] buffer, int offset, int count) => Posix.WriteAll(_output, buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        new(Task.Run(() => Posix.WriteAll(_output, buffer.Span), CancellationToken.None).WaitAsync(cancellationToken));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
