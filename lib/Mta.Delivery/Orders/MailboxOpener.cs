using Mta.Linux;

namespace Mta.Delivery.Orders;

/// <summary>A mailbox that was opened, or why it was not.</summary>
internal readonly record struct OpenedMailbox(FileHandle? File, FileStatus Status, bool IsNew, int Errno, string Reason);

/// <summary>
/// Opens a file for appending that others may have put there to mislead us: no directory, no second name, no symbolic
/// link but root's own in a directory that only root can write, and the file opened is the file looked at.
/// </summary>
internal static class MailboxOpener
{
    private const OpenFlags Flags = OpenFlags.WriteOnly | OpenFlags.Append | OpenFlags.NonBlocking;
    private const int GroupOrOthersWrite = 0x12;

    public static OpenedMailbox Open(string path)
    {
        OpenedMailbox opened = OpenExisting(path);
        if (opened.Errno != Errno.ENOENT)
        {
            return opened;
        }

        int errno = Posix.TryOpen(path, Flags | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, 0x180, out FileHandle file);
        if (errno == 0)
        {
            return new OpenedMailbox(file, Posix.Fstat(file), IsNew: true, 0, "");
        }

        // Someone was faster: then it is an existing file after all.
        return errno == Errno.EEXIST
            ? OpenExisting(path)
            : Refuse(errno, $"cannot create file exclusively: {Errno.Text(errno)}");
    }

    private static OpenedMailbox OpenExisting(string path)
    {
        int errno = Posix.TryOpen(path, Flags | OpenFlags.NoFollow, 0, out FileHandle file);
        bool isLink = errno == Errno.ELOOP;
        if (isLink)
        {
            if (!IsRootsOwnLink(path))
            {
                return Refuse(Errno.EPERM, "file is a symbolic link");
            }

            errno = Posix.TryOpen(path, Flags, 0, out file);
        }

        if (errno != 0)
        {
            return Refuse(errno, $"cannot open file: {Errno.Text(errno)}");
        }

        FileStatus status = Posix.Fstat(file);
        int lookup = isLink ? Posix.TryStat(path, out FileStatus named) : Posix.TryLstat(path, out named);
        string? objection =
            status.Links != 1 ? $"file has {status.Links} hard links"
            : status.IsDirectory ? "file is a directory"
            : lookup != 0 || named.Inode != status.Inode || named.Device != status.Device || named.Mode != status.Mode || named.UserId != status.UserId || named.GroupId != status.GroupId ? "file status changed unexpectedly"
            : null;
        if (objection is not null)
        {
            file.Dispose();
            return Refuse(Errno.EPERM, objection);
        }

        return new OpenedMailbox(file, status, IsNew: false, 0, "");
    }

    private static bool IsRootsOwnLink(string path)
    {
        return Posix.TryLstat(path, out FileStatus link) == 0 && link.IsSymbolicLink && link.UserId == 0
            && Posix.TryStat(PathNames.DirectoryOf(path), out FileStatus directory) == 0 && directory.UserId == 0 && (directory.Permissions & GroupOrOthersWrite) == 0;
    }

    private static OpenedMailbox Refuse(int errno, string reason) => new(null, default, IsNew: false, errno, reason);
}
