using Mta.Linux;

namespace Mta.Delivery.Orders;

/// <summary>
/// Find the first of several files that exists (<c>forward_path</c>) and open it, as the user. Only a regular file of
/// the user or root that not everyone can write is taken. The result's number is the index of the file found, whatever
/// came of it.
/// </summary>
public sealed class FindFileOrder(uint user, uint group, IReadOnlyList<string> paths) : Order(user, group)
{
    internal override OrderResult Execute(OrderContext context, FileHandle? file)
    {
        for (int i = 0; i < paths.Count; i++)
        {
            if (Posix.TryLstat(paths[i], out FileStatus status) != 0)
            {
                continue;
            }

            string? objection = Objection(paths[i], status);
            if (objection is not null)
            {
                return new OrderResult(OrderOutcome.Refused, reason: objection, number: i);
            }

            int errno = Posix.TryOpen(paths[i], OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking, 0, out FileHandle opened);
            if (errno != 0)
            {
                return new OrderResult(OrderOutcome.Refused, reason: $"cannot open file {paths[i]}: {Errno.Text(errno)}", number: i);
            }

            objection = Objection(paths[i], Posix.Fstat(opened));
            if (objection is not null)
            {
                opened.Dispose();
                return new OrderResult(OrderOutcome.Refused, reason: objection, number: i);
            }

            return new OrderResult(OrderOutcome.Done, number: i) { File = opened };
        }

        return OrderResult.Absent;
    }

    internal override void WriteBody(OrderWriter writer) => writer.Texts(paths);

    internal static FindFileOrder Read(uint user, uint group, ref OrderReader reader) => new(user, group, reader.Texts());

    private string? Objection(string path, FileStatus status) =>
        !status.IsRegular ? $"file {path} is not a regular file"
        : status.UserId != 0 && status.UserId != (User != 0 ? User : Posix.EffectiveUser) ? $"file {path} has bad owner uid {status.UserId}"
        : (status.Permissions & 2) != 0 ? $"file {path} is world writable"
        : null;
}

/// <summary>
/// Look at a file that an address names (<c>:include:</c>); symbolic links are followed. The result's number is the
/// owner's uid, or the error number.
/// </summary>
public sealed class CheckFileOrder(uint user, uint group, string path) : Order(user, group)
{
    internal override OrderResult Execute(OrderContext context, FileHandle? file)
    {
        int errno = Posix.TryStat(path, out FileStatus status);
        return errno != 0 ? new OrderResult(OrderOutcome.Absent, reason: Errno.Text(errno), number: errno)
            : !status.IsRegular ? new OrderResult(OrderOutcome.NotRegular)
            : (status.Permissions & 2) != 0 ? new OrderResult(OrderOutcome.Refused)
            : new OrderResult(OrderOutcome.Done, number: status.UserId);
    }

    internal override void WriteBody(OrderWriter writer) => writer.Text(path);

    internal static CheckFileOrder Read(uint user, uint group, ref OrderReader reader) => new(user, group, reader.Text());
}

/// <summary>Open a file for reading that still is what <see cref="CheckFileOrder"/> found: regular, of that owner, not writable by everyone.</summary>
public sealed class OpenFileOrder(uint user, uint group, string path, uint owner) : Order(user, group)
{
    internal override OrderResult Execute(OrderContext context, FileHandle? file)
    {
        int errno = Posix.TryOpen(path, OpenFlags.ReadOnly | OpenFlags.NonBlocking, 0, out FileHandle opened);
        if (errno != 0)
        {
            return new OrderResult(OrderOutcome.Failed, reason: Errno.Text(errno), number: errno);
        }

        FileStatus status = Posix.Fstat(opened);
        if (!status.IsRegular || status.UserId != owner || (status.Permissions & 2) != 0)
        {
            opened.Dispose();
            return new OrderResult(OrderOutcome.Failed, reason: "file status changed unexpectedly", number: Errno.EPERM);
        }

        return new OrderResult(OrderOutcome.Done) { File = opened };
    }

    internal override void WriteBody(OrderWriter writer)
    {
        writer.Text(path);
        writer.UInt(owner);
    }

    internal static OpenFileOrder Read(uint user, uint group, ref OrderReader reader)
    {
        string path = reader.Text();
        return new OpenFileOrder(user, group, path, reader.UInt());
    }
}

/// <summary>Ask, as the user, whether a directory is there (<c>require_home_directory</c>). The number is the error number.</summary>
public sealed class CheckDirectoryOrder(uint user, uint group, string path) : Order(user, group)
{
    internal override OrderResult Execute(OrderContext context, FileHandle? file)
    {
        int errno = Posix.TryStat(path, out FileStatus status);
        errno = errno == 0 && !status.IsDirectory ? Errno.ENOTDIR : errno;
        return errno == 0 ? OrderResult.Done : new OrderResult(OrderOutcome.Failed, reason: Errno.Text(errno), number: errno);
    }

    internal override void WriteBody(OrderWriter writer) => writer.Text(path);

    internal static CheckDirectoryOrder Read(uint user, uint group, ref OrderReader reader) => new(user, group, reader.Text());
}
