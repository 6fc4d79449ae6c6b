using System.Buffers;
using Mta.Linux;
using Mta.Mail.Queue;

namespace Mta.Delivery.Orders;

/// <summary>How the content changes on its way out.</summary>
[Flags]
public enum CopyOptions : byte
{
    None = 0,

    /// <summary>A <c>&gt;</c> before lines that begin with <c>From </c> (mbox).</summary>
    QuoteFrom = 1,

    /// <summary>An empty line at the end (mbox).</summary>
    BlankLine = 2,

    /// <summary>A dot before lines that begin with one (RFC 5321 §4.5.2).</summary>
    DotStuff = 4,
}

/// <summary>How a copy ended.</summary>
internal enum CopyOutcome
{
    Done,
    Corrupt,
    ReadFailed,
    WriteFailed,
}

/// <summary>
/// Writes a message out of its queue file: lines in front (the caller's), then the content byte for byte but for the
/// options, always ending in a newline.
/// </summary>
internal static class MessageCopy
{
    private const int BufferSize = 32 << 10;

    /// <param name="sink">Takes bytes; throws <see cref="LinuxException"/>.</param>
    /// <param name="errno">Why reading or writing failed.</param>
    /// <param name="lineEnd">What ends a line; a newline when empty.</param>
    public static CopyOutcome Run(FileHandle queueFile, long offset, ReadOnlySpan<byte> head, CopyOptions options, CopySink sink, out int errno, ReadOnlySpan<byte> lineEnd = default)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        errno = 0;
        lineEnd = lineEnd.IsEmpty ? "\n"u8 : lineEnd;
        try
        {
            using ContentReader content = new(queueFile, offset);
            Filler filler = new(buffer, sink);
            filler.Add(head);
            bool atLineStart = true;
            while (true)
            {
                bool more;
                ReadOnlySpan<byte> text;
                bool endsLine;
                try
                {
                    more = content.ReadChunk(out text, out endsLine);
                }
                catch (LinuxException error)
                {
                    errno = error.Errno;
                    return CopyOutcome.ReadFailed;
                }

                if (!more)
                {
                    break;
                }

                if (atLineStart)
                {
                    if ((options & CopyOptions.QuoteFrom) != 0 && text.StartsWith("From "u8))
                    {
                        filler.Add((byte)'>');
                    }
                    else if ((options & CopyOptions.DotStuff) != 0 && text.StartsWith("."u8))
                    {
                        filler.Add((byte)'.');
                    }
                }

                filler.Add(text);
                if (endsLine)
                {
                    filler.Add(lineEnd);
                }

                atLineStart = endsLine;
            }

            if (!content.IsComplete)
            {
                return CopyOutcome.Corrupt;
            }

            if (!atLineStart)
            {
                filler.Add(lineEnd);
            }

            if ((options & CopyOptions.BlankLine) != 0)
            {
                filler.Add(lineEnd);
            }

            filler.Flush();
            return CopyOutcome.Done;
        }
        catch (SinkException error)
        {
            errno = error.Errno;
            return CopyOutcome.WriteFailed;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>What a failed copy means for a recipient; null when it did not fail.</summary>
    public static OrderResult? ToResult(CopyOutcome outcome, int errno, string defaultStatus) => outcome switch
    {
        CopyOutcome.Done => null,
        CopyOutcome.Corrupt => OrderResult.Corrupt,
        CopyOutcome.ReadFailed => new OrderResult(
            OrderOutcome.Failed,
            errno is Errno.EAGAIN or Errno.ESTALE ? "4.3.0" : "5.3.0",
            $"error reading message: {Errno.Text(errno)}",
            errno),
        CopyOutcome.WriteFailed => OrderResult.FromErrno(errno, defaultStatus, $"error writing message: {Errno.Text(errno)}"),
    };

    private ref struct Filler(byte[] buffer, CopySink sink)
    {
        private int _count;

        public void Add(byte value)
        {
            if (_count == BufferSize)
            {
                Flush();
            }

            buffer[_count++] = value;
        }

        public void Add(ReadOnlySpan<byte> bytes)
        {
            while (bytes.Length > BufferSize - _count)
            {
                int part = BufferSize - _count;
                bytes[..part].CopyTo(buffer.AsSpan(_count));
                _count = BufferSize;
                bytes = bytes[part..];
                Flush();
            }

            bytes.CopyTo(buffer.AsSpan(_count));
            _count += bytes.Length;
        }

        public void Flush()
        {
            try
            {
                sink.Write(buffer.AsSpan(0, _count));
            }
            catch (LinuxException error)
            {
                throw new SinkException(error.Errno);
            }

            _count = 0;
        }
    }

    private sealed class SinkException(int errno) : Exception
    {
        public int Errno => errno;
    }
}

/// <summary>Where a copy goes.</summary>
internal abstract class CopySink
{
    /// <exception cref="LinuxException">Writing failed.</exception>
    public abstract void Write(ReadOnlySpan<byte> bytes);
}

/// <summary>A file, at its position.</summary>
internal sealed class FileSink(FileHandle file) : CopySink
{
    public override void Write(ReadOnlySpan<byte> bytes) => Posix.WriteAll(file, bytes);
}
