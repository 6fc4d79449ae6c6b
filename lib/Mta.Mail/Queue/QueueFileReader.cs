using Mta.Linux;

namespace Mta.Mail.Queue;

/// <summary>
/// An existing message file, open for reading and for the few edits in place that the format allows. Owns the
/// descriptor; closing it drops the lock.
/// </summary>
public sealed class QueueFileReader : IDisposable
{
    private QueueFileReader(FileHandle file, FileStatus status)
    {
        File = file;
        Status = status;
    }

    public FileHandle File { get; }

    /// <summary>What fstat said when the file was opened.</summary>
    public FileStatus Status { get; }

    /// <summary>Complete, regular: fit for reading and delivery.</summary>
    public bool IsReady => QueueDirectory.IsReady(Status);

    /// <summary>Opens a message; a symbolic link in its place is refused (ELOOP).</summary>
    /// <param name="file">Owned by the caller when 0 is returned; may be not ready, the caller asks.</param>
    /// <returns>0, or the error number.</returns>
    public static int TryOpen(QueueDirectory directory, string queue, QueueId id, out QueueFileReader? file, bool writable = true) =>
        TryOpen(directory.PathOf(queue, id), out file, writable);

    /// <inheritdoc cref="TryOpen(QueueDirectory, string, QueueId, out QueueFileReader?, bool)"/>
    public static int TryOpen(string path, out QueueFileReader? file, bool writable = true)
    {
        OpenFlags flags = (writable ? OpenFlags.ReadWrite : OpenFlags.ReadOnly) | OpenFlags.NoFollow | OpenFlags.NonBlocking;
        int errno = Posix.TryOpen(path, flags, 0, out FileHandle handle);
        file = null;
        if (errno == 0)
        {
            file = new QueueFileReader(handle, Posix.Fstat(handle));
        }

        return errno;
    }

    /// <summary>Takes a whole-file lock without waiting: shared for an agent, exclusive for qmgr.</summary>
    public bool TryLock(FileLock kind) => Posix.Flock(File, kind, wait: false);

    /// <summary>Reads the records from an offset. The caller disposes.</summary>
    public RecordFileReader Records(long offset = 0, bool followPointers = true) => new(File, offset, followPointers);

    /// <summary>Reads the content. The caller disposes.</summary>
    public ContentReader Content(long dataOffset) => new(File, dataOffset);

    /// <summary>
    /// Marks the recipient at an offset as done: one byte, not flushed. A crash before it reaches the disk delivers
    /// once more, never less.
    /// </summary>
    /// <returns>False when there is no recipient at that offset; nothing was written.</returns>
    /// <exception cref="LinuxException">pread or pwrite failed.</exception>
    public bool MarkDone(long offset)
    {
        Span<byte> type = stackalloc byte[1];
        if (offset <= 0 || Posix.Pread(File, type, offset) != 1 || (RecordType)type[0] is not (RecordType.Recipient or RecordType.Done))
        {
            return false;
        }

        if ((RecordType)type[0] == RecordType.Recipient)
        {
            type[0] = (byte)RecordType.Done;
            Posix.PwriteAll(File, type, offset);
        }

        return true;
    }

    /// <summary>Makes an attribute record count for nothing from now on.</summary>
    public void Kill(long offset) => Posix.PwriteAll(File, [(byte)RecordType.Killed], offset);

    /// <summary>Overwrites the time of the next delay notice; -1 after it was sent.</summary>
    /// <param name="offset">Of the warn time record.</param>
    public void RewriteWarnTime(long offset, long seconds)
    {
        Span<byte> record = stackalloc byte[RecordText.Columns + 2];
        RecordFormat.WriteHeader(record, RecordType.WarnTime, RecordText.Columns);
        RecordText.WriteColumns(record[2..], seconds);
        Posix.PwriteAll(File, record, offset);
    }

    /// <summary>Takes the "flush this message" bit away.</summary>
    public void ClearFlushRequest() => Posix.Fchmod(File, Status.Permissions & ~0x20);

    /// <summary>Marks the file as unusable (0400): qmgr moves it to the corrupt queue.</summary>
    /// <exception cref="LinuxException">fchmod failed.</exception>
    public void MarkCorrupt() => Posix.Fchmod(File, 0x100);

    public void Dispose() => File.Dispose();
}
