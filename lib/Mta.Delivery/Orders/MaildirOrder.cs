using Mta.Linux;

namespace Mta.Delivery.Orders;

/// <summary>
/// Deliver into a maildir: a file in <c>tmp/</c>, flushed, moved into <c>new/</c>, and <c>new/</c> flushed too, since a
/// name that is only in memory is lost in a power cut while the queue file is gone for good.
/// </summary>
/// <param name="path">The maildir, with a slash at its end.</param>
/// <param name="head">Lines before the content.</param>
/// <param name="offset">Of the content in the queue file.</param>
/// <param name="defaultStatus">Status of errors that have none of their own.</param>
public sealed class MaildirOrder(uint user, uint group, string path, byte[] head, long offset, string defaultStatus) : Order(user, group)
{
    private const int DirectoryMode = 0x1C0;
    private const long SoonWritten = 1 << 20;
    private string? _published;

    internal override OrderResult Execute(OrderContext context, FileHandle? file)
    {
        DirectoryFlusher.PendingEntry entry = context.Flusher.Expect($"{path}new", Posix.Fstat(file!).Size <= SoonWritten); // orders with content come with the file
        try
        {
            return Write(context, file!) ?? new OrderResult(OrderOutcome.Done) { Unflushed = entry };
        }
        finally
        {
            if (_published is null)
            {
                entry.Dispose();
            }
        }
    }

    /// <summary>
    /// <c>new/</c> could not be flushed: the message is there now, and perhaps not tomorrow. It is taken back, since it
    /// stays in the queue or goes back to its sender.
    /// </summary>
    internal override OrderResult FlushFailed(int errno)
    {
        if (_published is not null)
        {
            Posix.TryUnlink(_published);
        }

        return OrderResult.FromErrno(errno, defaultStatus, $"flush maildir {path}new: {Errno.Text(errno)}");
    }

    internal override void WriteBody(OrderWriter writer)
    {
        writer.Text(path);
        writer.Data(head);
        writer.Long(offset);
        writer.Text(defaultStatus);
    }

    internal static MaildirOrder Read(uint user, uint group, ref OrderReader reader)
    {
        string path = reader.Text();
        byte[] head = reader.Data().ToArray();
        long offset = reader.Long();
        return new MaildirOrder(user, group, path, head, offset, reader.Text());
    }

    // The number that C's stat(2) shows, which is in the names of other programs' files too.
    private static ulong DeviceNumber(ulong device)
    {
        ulong major = device >> 32;
        ulong minor = device & 0xFFFFFFFF;
        return ((major & 0xFFF) << 8) | (minor & 0xFF) | ((minor & ~0xFFUL) << 12) | ((major & ~0xFFFUL) << 32);
    }

    // Null when the message is there.
    private OrderResult? Write(OrderContext context, FileHandle file)
    {
        long now = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        (long seconds, long micros) = Math.DivRem(now, 1_000_000);
        string temporary = $"{path}tmp/{seconds}.P{context.ProcessId}Q{context.NextNumber()}.{context.HostName}";
        int errno = TryCreate(temporary, out FileHandle handle);
        if (errno != 0)
        {
            return Explain(context, errno, temporary);
        }

        try
        {
            using (handle)
            {
                CopyOutcome copy = MessageCopy.Run(file, offset, head, CopyOptions.None, new FileSink(handle), out errno);
                if (MessageCopy.ToResult(copy, errno, defaultStatus) is { } failure)
                {
                    return failure;
                }

                FileStatus status;
                try
                {
                    status = Posix.Fstat(handle);
                    Posix.Fsync(handle);
                    Posix.Close(handle);
                }
                catch (LinuxException error)
                {
                    return OrderResult.FromErrno(error.Errno, defaultStatus, $"error writing message: {error.Reason}");
                }

                string final = $"{path}new/{seconds}.V{DeviceNumber(status.Device):x}I{status.Inode:x}M{micros}.{context.HostName}";
                errno = TryPublish(temporary, final, status);
                if (errno != 0)
                {
                    return Explain(context, errno, final);
                }

                _published = final;
            }
        }
        finally
        {
            if (_published is null)
            {
                Posix.TryUnlink(temporary);
            }
        }

        return null;
    }

    private int TryCreate(string temporary, out FileHandle handle)
    {
        const OpenFlags Flags = OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow;
        int errno = Posix.TryOpen(temporary, Flags, 0x180, out handle);
        if (errno == Errno.ENOENT)
        {
            errno = MakeDirectories($"{path}tmp");
            return errno != 0 ? errno : Posix.TryOpen(temporary, Flags, 0x180, out handle);
        }

        return errno;
    }

    private int TryPublish(string temporary, string final, FileStatus status)
    {
        int errno = TryMove(temporary, final);
        if (errno == Errno.ENOENT)
        {
            errno = MakeDirectories($"{path}cur");
            errno = errno != 0 ? errno : MakeDirectories($"{path}new");
            errno = errno != 0 ? errno : TryMove(temporary, final);
        }

        // NFS may report failure for a call that it repeated.
        if (errno != 0 && Posix.TryLstat(final, out FileStatus found) == 0 && found.Inode == status.Inode && found.Device == status.Device)
        {
            Posix.TryUnlink(temporary);
            return 0;
        }

        return errno;
    }

    // A second name and the end of the first is the way of file systems (NFS is one) that cannot rename without replacing.
    private static int TryMove(string temporary, string final)
    {
        int errno = Posix.TryRenameNew(temporary, final);
        if (errno == Errno.EINVAL)
        {
            errno = Posix.TryLink(temporary, final);
            if (errno == 0)
            {
                Posix.TryUnlink(temporary);
            }
        }

        return errno;
    }

    private static int MakeDirectories(string directory)
    {
        int errno = Posix.TryMkdir(directory, DirectoryMode);
        if (errno == Errno.ENOENT)
        {
            int slash = directory.TrimEnd('/').LastIndexOf('/');
            if (slash <= 0)
            {
                return errno;
            }

            errno = MakeDirectories(directory[..slash]);
            if (errno == 0)
            {
                errno = Posix.TryMkdir(directory, DirectoryMode);
            }
        }

        return errno == Errno.EEXIST ? 0 : errno;
    }

    private OrderResult Explain(OrderContext context, int errno, string file)
    {
        string reason = Errno.Text(errno);
        return new OrderResult(OrderOutcome.Failed, OrderResult.StatusOf(errno, defaultStatus), $"create maildir file {file}: {reason}", errno)
        {
            Warnings = errno == Errno.EACCES && context.Identity.IsPrivileged
                ? [$"maildir access problem for UID/GID={User}/{Group}: create maildir file {file}: {reason}", "perhaps you need to create the maildirs in advance"]
                : [],
        };
    }
}
