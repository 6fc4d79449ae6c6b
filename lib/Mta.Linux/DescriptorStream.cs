namespace Mta.Linux;

/// <summary>
/// A blocking descriptor (a pipe, a file, stdin) as a stream, for commands that do one thing at a time: the asynchronous
/// methods block too and return finished. Owns the descriptor when told so.
/// </summary>
public sealed class DescriptorStream(FileHandle file) : DuplexStream
{
    /// <exception cref="LinuxException">read failed.</exception>
    public override int Read(Span<byte> buffer) => Math.Max(0, Posix.Read(file, buffer));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    /// <exception cref="LinuxException">write failed; EPIPE when the reader is gone.</exception>
    public override void Write(ReadOnlySpan<byte> buffer) => Posix.WriteAll(file, buffer);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}
