using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;

namespace Mta.Bounce;

/// <summary>The logs of one service: appends to them, reads them, removes them. Serves all sessions.</summary>
internal sealed class LogStore(QueueDirectory directory, string service, BounceSettings settings) : IDisposable
{
    // Sessions of this process take turns here, so that only other processes are waited for with the kernel's lock.
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 64).Select(static _ => new SemaphoreSlim(1, 1))];

    /// <exception cref="LinuxException">Nothing was appended.</exception>
    /// <exception cref="TimeoutException">Another process kept the lock.</exception>
    public async ValueTask AppendAsync(QueueId id, DeliveryRecipient recipient, Dsn dsn, CancellationToken stop)
    {
        byte[] entry = BounceLog.Format(recipient, dsn, settings.OldLogReaders, settings.AllowUtf8);
        SemaphoreSlim turn = _turns[(uint)id.GetHashCode() % _turns.Length];
        await turn.WaitAsync(stop);
        try
        {
            using FileHandle file = BounceLog.OpenForAppend(directory, service, id);
            for (int attempt = 1; !Posix.Flock(file, FileLock.Exclusive, wait: false); attempt++)
            {
                if (attempt >= settings.LockAttempts)
                {
                    throw new TimeoutException($"cannot get an exclusive lock on {directory.PathOf(service, id)}");
                }

                await Task.Delay(settings.LockDelay, stop);
            }

            BounceLog.Append(file, entry);
            Posix.Close(file);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <exception cref="LinuxException">That cannot be told.</exception>
    public bool Exists(QueueId id)
    {
        int errno = directory.TryStatus(service, id, out _);
        return errno switch
        {
            0 => true,
            Errno.ENOENT => false,
            _ => throw new LinuxException(errno, "stat", directory.PathOf(service, id)),
        };
    }

    /// <summary>The entries that a notice is to hold; each enumeration reads the file again.</summary>
    /// <param name="notify">The NOTIFY bit that lets a recipient in, unless it gave none; none lets all in.</param>
    /// <exception cref="LinuxException">The log cannot be read. Nobody may take that for a log without entries.</exception>
    public IEnumerable<BounceLogEntry> Read(QueueId id, DsnNotify notify)
    {
        int errno = BounceLogReader.TryOpen(directory, service, id, out BounceLogReader? reader);
        if (errno == Errno.ENOENT)
        {
            yield break;
        }

        if (reader is null)
        {
            throw new LinuxException(errno, "open", directory.PathOf(service, id));
        }

        using (reader)
        {
            while (reader.Next() is { } entry)
            {
                foreach (string name in reader.UnknownNames)
                {
                    LogLines.UnknownLogName(service, id.Value, name);
                }

                reader.UnknownNames.Clear();
                if (IsWanted(entry.Notify, notify))
                {
                    yield return entry;
                }
            }
        }
    }

    public static bool IsWanted(DsnNotify given, DsnNotify notify) =>
        notify == DsnNotify.None || given == DsnNotify.None || (given & notify) != 0;

    /// <exception cref="LinuxException">It is still there.</exception>
    public void Remove(QueueId id)
    {
        int errno = directory.TryRemove(service, id);
        if (errno is not (0 or Errno.ENOENT))
        {
            throw new LinuxException(errno, "remove", directory.PathOf(service, id));
        }
    }

    public void Dispose()
    {
        foreach (SemaphoreSlim turn in _turns)
        {
            turn.Dispose();
        }
    }
}
