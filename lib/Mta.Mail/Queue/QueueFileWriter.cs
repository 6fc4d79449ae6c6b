using System.Buffers;
using System.Globalization;
using Mta.Linux;
using Mta.Text;

namespace Mta.Mail.Queue;

/// <summary>
/// A new message file. It has its final name and directory from the start, with mode 0600 ("unfinished"); nobody else
/// touches it before <see cref="Complete"/> made it 0700. Used by one thread at a time. Every write may throw
/// <see cref="LinuxException"/>: EFBIG for the size limit, otherwise what the system said; after that only
/// <see cref="Abort"/> makes sense. Disposing an incomplete file aborts it.
/// </summary>
public sealed class QueueFileWriter : IDisposable
{
    // An envelope; thousands of clients may dawdle there.
    private const int EnvelopeBuffer = 1 << 10;
    private const int SmallBuffer = 16 << 10;
    private const int LargeBuffer = 64 << 10;
    private const int MaxAttempts = 1000;

    private static int _counter;

    private readonly QueueDirectory _directory;
    private readonly FileHandle _file;
    private byte[] _buffer;
    private int _count;
    private long _flushed;
    private bool _open = true;

    private QueueFileWriter(QueueDirectory directory, string queue, QueueId id, DateTime created, FileHandle file)
    {
        _directory = directory;
        _file = file;
        Queue = queue;
        Id = id;
        CreationTime = created;
        _buffer = ArrayPool<byte>.Shared.Rent(EnvelopeBuffer);
    }

    public QueueId Id { get; }

    /// <summary>The queue the file is in.</summary>
    public string Queue { get; private set; }

    public string Path => _directory.PathOf(Queue, Id);

    /// <summary>The time in the name, UTC.</summary>
    public DateTime CreationTime { get; }

    /// <summary>Offset of the next record.</summary>
    public long Position => _flushed + _count;

    /// <summary>Largest file in bytes; 0 = unlimited.</summary>
    public long SizeLimit { get; set; }

    /// <summary>The file, for reading back what was flushed. Owned by this writer.</summary>
    public FileHandle File => _file;

    /// <summary>
    /// Creates <c>queue/USEC.PID.N</c> and renames it to its ID, which holds its inode number. A crash in between
    /// leaves an empty 0600 file with a dot in its name, which every scan ignores.
    /// </summary>
    /// <param name="mode">Mode while unfinished: 0600, or 0644 in maildrop.</param>
    /// <exception cref="LinuxException">The file cannot be created.</exception>
    public static QueueFileWriter Create(QueueDirectory directory, string queue, int mode = 0x180)
    {
        FileHandle file = CreateTemporary(queue, mode, out string temporary);
        try
        {
            return Name(directory, queue, file, Posix.Fstat(file).Inode, id => directory.TryRename(temporary, queue, id))
                ?? throw new LinuxException(Errno.ENOENT, "rename", temporary);
        }
        catch
        {
            Posix.TryUnlink(temporary);
            file.Dispose();
            throw;
        }
    }

    /// <summary>Makes a spare file the new message when there is one; otherwise as <see cref="Create(QueueDirectory, string, int)"/>.</summary>
    /// <exception cref="LinuxException">The file cannot be had.</exception>
    public static QueueFileWriter Create(QueueDirectory directory, string queue, SpareFiles spares)
    {
        if (spares.TryTake() is { } spare)
        {
            QueueFileWriter? writer = null;
            try
            {
                writer = Name(directory, queue, spare.File, spare.Inode, id => spare.TryRename(directory, queue, id));
            }
            finally
            {
                if (writer is null)
                {
                    spare.Dispose();
                }
            }

            if (writer is not null)
            {
                return writer;
            }
        }

        return Create(directory, queue);
    }

    public void Write(RecordType type, ReadOnlySpan<byte> data)
    {
        Span<byte> target = Reserve(RecordFormat.MaxHeaderLength + data.Length);
        int header = RecordFormat.WriteHeader(target, type, data.Length);
        data.CopyTo(target[header..]);
        Advance(header + data.Length);
    }

    /// <summary>Writes a byte string (<see cref="ByteString"/>).</summary>
    public void Write(RecordType type, string data)
    {
        Span<byte> target = Reserve(RecordFormat.MaxHeaderLength + data.Length);
        int header = RecordFormat.WriteHeader(target, type, data.Length);
        ByteString.CopyTo(data, target[header..]);
        Advance(header + data.Length);
    }

    public void Write(RecordType type) => Write(type, default(ReadOnlySpan<byte>));

    /// <summary>Writes an attribute record.</summary>
    public void WriteAttribute(ReadOnlySpan<byte> name, string value)
    {
        int length = name.Length + 1 + value.Length;
        Span<byte> target = Reserve(RecordFormat.MaxHeaderLength + length);
        int header = RecordFormat.WriteHeader(target, RecordType.Attribute, length);
        name.CopyTo(target[header..]);
        target[header + name.Length] = (byte)'=';
        ByteString.CopyTo(value, target[(header + name.Length + 1)..]);
        Advance(header + length);
    }

    /// <inheritdoc cref="WriteAttribute(ReadOnlySpan{byte}, string)"/>
    public void WriteAttribute(ReadOnlySpan<byte> name, long value) =>
        WriteAttribute(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Writes the size record at the start of the file: zeros first, the truth before completion.</summary>
    public void WriteSize(SizeRecord size)
    {
        Span<byte> record = stackalloc byte[SizeRecord.RecordLength];
        size.Write(record);
        if (Position == 0)
        {
            record.CopyTo(Reserve(record.Length));
            Advance(record.Length);
        }
        else
        {
            Overwrite(0, record);
        }
    }

    /// <summary>Replaces bytes that were written before.</summary>
    public void Overwrite(long offset, ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + bytes.Length, Position);
        if (offset >= _flushed)
        {
            bytes.CopyTo(_buffer.AsSpan((int)(offset - _flushed)));
            return;
        }

        // Across the border of file and buffer: everything goes to the file first.
        if (offset + bytes.Length > _flushed)
        {
            Flush();
        }

        Posix.PwriteAll(_file, bytes, offset);
    }

    /// <summary>Hands what is buffered to the system.</summary>
    public void Flush()
    {
        if (_count > 0)
        {
            Posix.WriteAll(_file, _buffer.AsSpan(0, _count));
            _flushed += _count;
            _count = 0;
        }
    }

    /// <summary>Moves the unfinished file to another queue (hold).</summary>
    /// <exception cref="LinuxException">rename failed.</exception>
    public void MoveTo(string queue)
    {
        int errno = _directory.TryMove(Id, Queue, queue);
        if (errno != 0)
        {
            throw new LinuxException(errno, "rename", $"{Path} to {_directory.PathOf(queue, Id)}");
        }

        Queue = queue;
    }

    /// <summary>
    /// Makes the message real: write, fchmod 0700, fsync, close. When this returns, the message survives anything; when
    /// it throws, the file is still there for <see cref="Abort"/>. Blocks for the disk. ENOENT when somebody removed the
    /// unfinished file: what has no name any more would be lost without a word.
    /// </summary>
    /// <param name="extraMode">Further permission bits: 0444 for postdrop.</param>
    public void Complete(int extraMode = 0)
    {
        Flush();
        if (Posix.Fstat(_file).Links == 0)
        {
            throw new LinuxException(Errno.ENOENT, "complete file", Path);
        }

        Posix.Fchmod(_file, 0x1C0 | extraMode);
        Posix.Fsync(_file);
        _open = false;
        try
        {
            Posix.Close(_file);
        }
        catch
        {
            Posix.TryUnlink(Path);
            throw;
        }
        finally
        {
            ReturnBuffer();
        }
    }

    /// <summary>Removes the unfinished file. Does nothing after <see cref="Complete"/> succeeded.</summary>
    /// <returns>0, or the error number of unlink.</returns>
    public int Abort()
    {
        if (!_open)
        {
            return 0;
        }

        _open = false;
        int errno = Posix.TryUnlink(Path);
        _file.Dispose();
        ReturnBuffer();
        return errno;
    }

    public void Dispose() => Abort();

    // Null when the file is not there any more.
    private static QueueFileWriter? Name(QueueDirectory directory, string queue, FileHandle file, ulong inode, Func<QueueId, int> tryRename)
    {
        for (int attempt = 0; ; attempt++)
        {
            DateTime now = DateTime.UtcNow;
            QueueId id = QueueId.Create(now, inode, directory.Settings.LongIds);
            switch (tryRename(id))
            {
                case 0:
                    return new QueueFileWriter(directory, queue, id, now, file);
                case Errno.ENOENT:
                    return null;
                case Errno.EPERM or Errno.EISDIR when attempt < MaxAttempts:
                    break;
                case int errno:
                    throw new LinuxException(errno, "rename", $"to {directory.PathOf(queue, id)}");
            }
        }
    }

    private static FileHandle CreateTemporary(string queue, int mode, out string path)
    {
        for (int attempt = 0; ; attempt++)
        {
            long micros = DateTime.UtcNow.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond;
            uint number = (uint)Interlocked.Increment(ref _counter);
            path = string.Create(CultureInfo.InvariantCulture, $"{queue}/{micros}.{Environment.ProcessId}.{number}");
            int errno = Posix.TryOpen(path, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive, mode, out FileHandle file);
            if (errno == 0)
            {
                return file;
            }

            if (errno is not (Errno.EEXIST or Errno.EISDIR) || attempt >= MaxAttempts)
            {
                throw new LinuxException(errno, "create file", path);
            }
        }
    }

    private Span<byte> Reserve(int length)
    {
        if (SizeLimit > 0 && Position + length - RecordFormat.MaxHeaderLength > SizeLimit)
        {
            throw new LinuxException(Errno.EFBIG, "write", Path);
        }

        if (_count + length > _buffer.Length)
        {
            MakeRoom(length);
        }

        return _buffer.AsSpan(_count);
    }

    private void Advance(int length) => _count += length;

    private void MakeRoom(int length)
    {
        if (_buffer.Length >= LargeBuffer && _count > 0)
        {
            Flush();
        }

        if (_count + length > _buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_count + length, _buffer.Length < SmallBuffer ? SmallBuffer : LargeBuffer));
            _buffer.AsSpan(0, _count).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
    }

    private void ReturnBuffer()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }
}
