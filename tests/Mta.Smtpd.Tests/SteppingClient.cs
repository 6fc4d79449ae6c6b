using System.Text;

namespace Mta.Smtpd.Tests;

/// <summary>
/// A client without a socket that says one command after the other, each once the session has read what was said before
/// and asks for more, and then leaves.
/// </summary>
internal sealed class SteppingClient(string[] commands) : Stream
{
    private readonly StringBuilder _written = new();
    private int _next;

    /// <summary>What was answered before each command was said, and behind the last.</summary>
    public List<string> Replies { get; } = [];

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Flush()
    {
    }

    public override int Read(Span<byte> buffer)
    {
        TakeReply();
        return _next < commands.Length ? Encoding.Latin1.GetBytes(commands[_next++], buffer) : 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override void Write(ReadOnlySpan<byte> buffer) => _written.Append(Encoding.Latin1.GetString(buffer));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        TakeReply();
        base.Dispose(disposing);
    }

    private void TakeReply()
    {
        if (_written.Length > 0)
        {
            Replies.Add(_written.ToString());
            _written.Clear();
        }
    }
}
