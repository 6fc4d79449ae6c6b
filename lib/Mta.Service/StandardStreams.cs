using Mta.Linux;

namespace Mta.Service;

/// <summary>stdin and stdout as one stream (option -S: one client, given by the caller). Blocking calls run on pool threads.</summary>
internal sealed class StandardStreams : DuplexStream
{
    private readonly FileHandle _input = new(0, ownsHandle: false);
    private readonly FileHandle _output = new(1, ownsHandle: false);

    public override int Read(Span<byte> buffer) => Posix.Read(_input, buffer);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        new(Task.Run(() => Posix.Read(_input, buffer.Span), CancellationToken.None).WaitAsync(cancellationToken));

    public override void Write(ReadOnlySpan<byte> buffer) => Posix.WriteAll(_output, buffer);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        new(Task.Run(() => Posix.WriteAll(_output, buffer.Span), CancellationToken.None).WaitAsync(cancellationToken));
}
