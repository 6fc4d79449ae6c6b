using Mta.Linux;

namespace Mta.Delivery.Orders;

/// <summary>Ways to lock a mailbox.</summary>
[Flags]
public enum MailboxLocks : byte
{
    None = 0,
    Fcntl = 1,
    Flock = 2,
    Dotlock = 4,
}

/// <summary>How long locks are tried for.</summary>
/// <param name="Attempts"><c>deliver_lock_attempts</c>.</param>
/// <param name="Delay"><c>deliver_lock_delay</c>, the pause between two of them, give or take a quarter.</param>
/// <param name="StaleAfter"><c>stale_lock_time</c>: an older lock file is removed.</param>
public sealed record LockSettings(MailboxLocks Locks, int Attempts, TimeSpan Delay, TimeSpan StaleAfter);

/// <summary>
/// Append to a file: a mailbox, or the target of <c>/file</c>. Begins as <see cref="Order.User"/>, who opens and locks;
/// the message is written as <see cref="WriteUser"/>. A failed append is taken back before the lock goes.
/// </summary>
public sealed class MailboxOrder : Order
{
    private readonly string _path;
    private readonly byte[] _head;
    private readonly long _offset;
    private readonly string _defaultStatus;
    private readonly LockSettings _locks;

    public MailboxOrder(uint user, uint group, string path, byte[] head, long offset, string defaultStatus, LockSettings locks)
        : base(user, group)
    {
        _path = path;
        _head = head;
        _offset = offset;
        _defaultStatus = defaultStatus;
        _locks = locks;
        WriteUser = user;
        WriteGroup = group;
    }

    /// <summary>Who writes, and who gets a new file, when that is not who opens.</summary>
    public uint WriteUser { get; init; }

    public uint WriteGroup { get; init; }

    /// <summary>The target of <c>/file</c>: devices are allowed, executables are not, a lock file that cannot be made is only worth a warning.</summary>
    public bool IsFileTarget { get; init; }

    /// <summary>The mailbox must belong to <see cref="WriteUser"/> (<c>strict_mailbox_ownership</c>).</summary>
    public bool MustOwn { get; init; }

    public override bool IsExclusive => WriteUser != User || WriteGroup != Group;

    internal override OrderResult Execute(OrderContext context, FileHandle? file)
    {
        List<string> warnings = [];
        MailboxLock dotlock = new(_path, _locks);
        try
        {
            if (_locks.Locks.HasFlag(MailboxLocks.Dotlock) && IsAbsentOrRegular() && !dotlock.TryCreate(out int errno))
            {
                string text = $"unable to create lock file {_path}.lock: {Errno.Text(errno)}";
                if (!IsFileTarget || errno == Errno.EEXIST)
                {
                    return errno == Errno.EEXIST
                        ? new OrderResult(OrderOutcome.Failed, "4.2.0", text, errno)
                        : OrderResult.FromErrno(errno, _defaultStatus, text);
                }

                warnings.Add(text);
            }

            OrderResult result = Append(context, file!); // orders with content come with the file
            return warnings.Count == 0
                ? result
                : new OrderResult(result.Outcome, result.Status, result.Reason, result.Number) { Warnings = [.. warnings, .. result.Warnings] };
        }
        finally
        {
            if (IsExclusive)
            {
                context.Identity.Change(User, Group);
            }

            dotlock.Remove();
        }
    }

    internal override void WriteBody(OrderWriter writer)
    {
        writer.Text(_path);
        writer.Data(_head);
        writer.Long(_offset);
        writer.Text(_defaultStatus);
        writer.Byte((byte)_locks.Locks);
        writer.Int(_locks.Attempts);
        writer.Long(_locks.Delay.Ticks);
        writer.Long(_locks.StaleAfter.Ticks);
        writer.UInt(WriteUser);
        writer.UInt(WriteGroup);
        writer.Bool(IsFileTarget);
        writer.Bool(MustOwn);
    }

    internal static MailboxOrder Read(uint user, uint group, ref OrderReader reader)
    {
        string path = reader.Text();
        byte[] head = reader.Data().ToArray();
        long offset = reader.Long();
        string defaultStatus = reader.Text();
        LockSettings locks = new((MailboxLocks)reader.Byte(), reader.Int(), TimeSpan.FromTicks(reader.Long()), TimeSpan.FromTicks(reader.Long()));
        return new MailboxOrder(user, group, path, head, offset, defaultStatus, locks)
        {
            WriteUser = reader.UInt(),
            WriteGroup = reader.UInt(),
            IsFileTarget = reader.Bool(),
            MustOwn = reader.Bool(),
        };
    }

    private bool IsAbsentOrRegular()
    {
        int errno = Posix.TryStat(_path, out FileStatus status);
        return errno != 0 || status.IsRegular;
    }

    private OrderResult Append(OrderContext context, FileHandle queueFile)
    {
        OpenedMailbox opened = MailboxOpener.Open(_path);
        if (opened.File is not { } mailbox)
        {
            return OrderResult.FromErrno(opened.Errno, _defaultStatus, opened.Reason);
        }

        using (mailbox)
        {
            FileStatus status = opened.Status;
            if (opened.IsNew && IsExclusive)
            {
                try
                {
                    Posix.Fchown(mailbox, WriteUser, WriteGroup);
                }
                catch (LinuxException error)
                {
                    return OrderResult.FromErrno(error.Errno, _defaultStatus, $"cannot change ownership: {error.Reason}");
                }

                status = Posix.Fstat(mailbox);
            }

            if (status.IsRegular)
            {
                if (!MailboxLock.TryLockFile(mailbox, _locks))
                {
                    return new OrderResult(OrderOutcome.Failed, "4.2.0", $"unable to lock for exclusive access: {Errno.Text(Errno.EAGAIN)}", Errno.EAGAIN);
                }

                // Whoever held the lock before may have removed or linked the file.
                status = Posix.Fstat(mailbox);
                if (status.Links != 1)
                {
                    return new OrderResult(OrderOutcome.Failed, "4.2.0", "target file status changed unexpectedly");
                }
            }

            if (Judge(status) is { } refusal)
            {
                return refusal;
            }

            if (IsExclusive)
            {
                context.Identity.Change(WriteUser, WriteGroup);
            }

            return Copy(queueFile, mailbox, status.IsRegular);
        }
    }

    private OrderResult? Judge(FileStatus status)
    {
        if (IsFileTarget)
        {
            return status.IsRegular && (status.Permissions & 0x49) != 0
                ? new OrderResult(OrderOutcome.Failed, "5.7.1", "file is executable")
                : null;
        }

        if (!status.IsRegular)
        {
            return new OrderResult(OrderOutcome.NotRegular, "5.2.0", $"destination {_path} is not a regular file");
        }

        return MustOwn && status.UserId != WriteUser
            ? new OrderResult(OrderOutcome.Failed, "4.2.0", $"destination {_path} is not owned by recipient")
            {
                Warnings = ["specify \"strict_mailbox_ownership = no\" to ignore mailbox ownership mismatch"],
            }
            : null;
    }

    private OrderResult Copy(FileHandle queueFile, FileHandle mailbox, bool isRegular)
    {
        try
        {
            long length = isRegular ? Posix.SeekToEnd(mailbox) : 0;
            if (!isRegular)
            {
                Posix.SetNonBlocking(mailbox, on: false);
            }

            CopyOutcome copy = MessageCopy.Run(queueFile, _offset, _head, CopyOptions.QuoteFrom | CopyOptions.BlankLine, new FileSink(mailbox), out int errno);
            OrderResult? failure = MessageCopy.ToResult(copy, errno, _defaultStatus);
            if (failure is null && isRegular)
            {
                failure = Flush(mailbox);
            }

            if (failure is not null)
            {
                if (isRegular)
                {
                    TakeBack(mailbox, length);
                }

                return failure;
            }

            Posix.Close(mailbox);
            return new OrderResult(OrderOutcome.Done, number: length);
        }
        catch (LinuxException error)
        {
            return OrderResult.FromErrno(error.Errno, _defaultStatus, $"error writing message: {error.Reason}");
        }
    }

    private OrderResult? Flush(FileHandle mailbox)
    {
        try
        {
            Posix.Fsync(mailbox);
            return null;
        }
        catch (LinuxException error)
        {
            return OrderResult.FromErrno(error.Errno, _defaultStatus, $"error writing message: {error.Reason}");
        }
    }

    private static void TakeBack(FileHandle mailbox, long length)
    {
        try
        {
            Posix.Ftruncate(mailbox, length);
        }
        catch (LinuxException)
        {
            // The delivery has failed already, and is reported; the reader finds a cut-off message.
        }
    }
}
