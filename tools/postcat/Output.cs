using Mta.Linux;
using Mta.Text;

namespace Mta.Postcat;

/// <summary>Standard output, gathered into large writes.</summary>
internal sealed class Output : IDisposable
{
    private readonly FileHandle _file = new(1, ownsHandle: false);
    private readonly byte[] _buffer = new byte[64 << 10];
    private int _count;

    public void Write(string text)
    {
        if (text.Length > _buffer.Length)
        {
            Write(ByteString.ToBytes(text));
            return;
        }

        MakeRoom(text.Length);
        _count += ByteString.CopyTo(text, _buffer.AsSpan(_count));
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        MakeRoom(bytes.Length);
        if (bytes.Length > _buffer.Length)
        {
            WriteAll(bytes);
            return;
        }

        bytes.CopyTo(_buffer.AsSpan(_count));
        _count += bytes.Length;
    }

    /// <exception cref="FatalException">The reader is gone, or its disk is full.</exception>
    public void Flush()
    {
        ReadOnlySpan<byte> bytes = _buffer.AsSpan(0, _count);
        _count = 0;
        WriteAll(bytes);
    }

    public void Dispose() => _file.Dispose();

    private void MakeRoom(int length)
    {
        if (_count + length > _buffer.Length)
        {
            Flush();
        }
    }

    private void WriteAll(ReadOnlySpan<byte> bytes)
    {
        try
        {
            Posix.WriteAll(_file, bytes);
        }
        catch (LinuxException error) when (error.Errno == Errno.EPIPE)
        {
            // The reader has seen enough.
            Posix.Exit(1);
        }
        catch (LinuxException error)
        {
            throw new FatalException($"error writing output: {error.Reason}", error);
        }
    }
}
