using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;

namespace Mta.Flush;

/// <summary>The logs of all sites, and what a flush does with the messages in them.</summary>
internal sealed class SiteLogs(QueueDirectory directory, string queueManager, TimeSpan purgeAge, TimeProvider time)
{
    // Group read: the queue manager forgets that the destinations of this message are dead.
    private const int Unthrottle = 0x20;

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Notes that a message waits for a site.</summary>
    public FlushStatus Add(string site, QueueId id)
    {
        if (!FlushLog.TryNameOf(site, out QueueId name))
        {
            return FlushStatus.BadRequest;
        }

        try
        {
            int errno = FlushLog.TryOpen(directory, name, create: true, out FlushLog? log);
            if (log is null)
            {
                LogLines.Failed($"open fast flush logfile {directory.PathOf(QueueName.Flush, name)}: {Errno.Text(errno)}");
                return FlushStatus.Failed;
            }

            using (log)
            {
                log.Add(id);
            }

            return FlushStatus.Ok;
        }
        catch (LinuxException error)
        {
            LogLines.Failed(error.Message);
            return FlushStatus.Failed;
        }
    }

    /// <summary>Delivers all mail noted for a site.</summary>
    public FlushStatus FlushSite(string site)
    {
        if (!FlushLog.TryNameOf(site, out QueueId name))
        {
            return FlushStatus.BadRequest;
        }

        return Flush(name, forgetDead: true);
    }

    /// <summary>Delivers one message, whatever is known about its destinations.</summary>
    public FlushStatus FlushMessage(QueueId id)
    {
        try
        {
            if (MakeDue(id, Unthrottle))
            {
                TriggerProtocol.TrySend(queueManager, TriggerProtocol.Requests.ScanIncoming);
            }

            return FlushStatus.Ok;
        }
        catch (LinuxException error)
        {
            LogLines.Failed(error.Message);
            return FlushStatus.Failed;
        }
    }

    /// <summary>Delivers mail of every site not asked for since <paramref name="age"/>, and removes logs long empty.</summary>
    public void FlushAll(TimeSpan age)
    {
        List<QueueId> names;
        try
        {
            names = [.. directory.Scan(QueueName.Flush)];
        }
        catch (LinuxException error)
        {
            LogLines.Failed(error.Message);
            return;
        }

        foreach (QueueId name in names)
        {
            if (directory.TryStatus(QueueName.Flush, name, out FileStatus status) != 0 || !status.IsRegular)
            {
                continue;
            }

            if (status.Size == 0)
            {
                if (status.ModifyTime + purgeAge < Now)
                {
                    directory.TryRemove(QueueName.Flush, name);
                }
            }
            else if (status.AccessTime + age < Now || age == TimeSpan.Zero)
            {
                Flush(name, forgetDead: false);
            }
        }
    }

    private FlushStatus Flush(QueueId name, bool forgetDead)
    {
        try
        {
            int errno = FlushLog.TryOpen(directory, name, create: false, out FlushLog? log);
            if (log is null)
            {
                if (errno == Errno.ENOENT)
                {
                    return FlushStatus.Ok;
                }

                LogLines.Failed($"open fast flush logfile {directory.PathOf(QueueName.Flush, name)}: {Errno.Text(errno)}");
                return FlushStatus.Failed;
            }

            using (log)
            {
                Flush(log, forgetDead);
            }

            return FlushStatus.Ok;
        }
        catch (LinuxException error)
        {
            LogLines.Failed(error.Message);
            return FlushStatus.Failed;
        }
    }

    private void Flush(FlushLog log, bool forgetDead)
    {
        if (forgetDead)
        {
            TriggerProtocol.TrySend(queueManager, TriggerProtocol.Requests.ForgetDead);
        }

        bool found = false;
        foreach (QueueId id in log.ReadAll())
        {
            found |= MakeDue(id, 0);
        }

        // Noted again by whoever cannot deliver this time; the lock is held, so nothing noted meanwhile is lost.
        if (found)
        {
            log.Clear();
            TriggerProtocol.TrySend(queueManager, TriggerProtocol.Requests.ScanIncoming);
        }

        log.Touch(Now);
    }

    // The next scan of the incoming queue takes it, whatever its retry time was. A message that is gone was delivered.
    private bool MakeDue(QueueId id, int mode)
    {
        DateTime now = Now;
        if (directory.TrySetTimes(QueueName.Deferred, id, now) == 0)
        {
            SetMode(QueueName.Deferred, id, mode);
            int errno = directory.TryMove(id, QueueName.Deferred, QueueName.Incoming);
            if (errno is not (0 or Errno.ENOENT))
            {
                LogLines.Failed($"rename {directory.PathOf(QueueName.Deferred, id)}: {Errno.Text(errno)}");
            }

            return errno == 0;
        }

        if (directory.TrySetTimes(QueueName.Incoming, id, now) != 0)
        {
            return false;
        }

        SetMode(QueueName.Incoming, id, mode);
        return true;
    }

    private void SetMode(string queue, QueueId id, int mode)
    {
        if (mode == 0 || QueueFileReader.TryOpen(directory, queue, id, out QueueFileReader? file, writable: false) != 0 || file is null)
        {
            return;
        }

        using (file)
        {
            if (file.IsReady)
            {
                Posix.Fchmod(file.File, file.Status.Permissions | mode);
            }
        }
    }
}
