using Mta.Linux;
using Mta.Mail.Queue;
using Mta.Service;
using NLog;

namespace Mta.Postsuper;

/// <summary>Deletes, holds, releases, requeues and expires messages (docs/QUEUE.md).</summary>
internal sealed class MessageActions(QueueDirectory queue, IReadOnlyList<string> queues, Totals totals, bool verbose)
{
    private const int ExpireBit = 0x8;
    private static readonly TimeSpan ReceptionTime = TimeSpan.FromMinutes(1);
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private static readonly string[] LogQueues = [QueueName.Bounce, QueueName.Defer, QueueName.Trace];

    /// <summary>Queues that hold messages, as opposed to logs about them.</summary>
    public static bool IsMessageQueue(string queue) =>
        queue is QueueName.Maildrop or QueueName.Incoming or QueueName.Active or QueueName.Deferred or QueueName.Hold;

    /// <summary>Acts on one message, wherever it is.</summary>
    public void Act(MessageAction action, QueueId id)
    {
        if (action == MessageAction.ExpireAndRelease)
        {
            Act(MessageAction.Expire, id);
            Act(MessageAction.Release, id);
            return;
        }

        // The message may move from one queue to another while it is looked for.
        for (int round = 0; round < 2; round++)
        {
            foreach (string name in queues)
            {
                if (IsMessageQueue(name) && TryAct(action, name, id))
                {
                    LogOne(action, id);
                    return;
                }
            }
        }
    }

    /// <summary>Narrows <see cref="ActOnAll"/>.</summary>
    public Selection Selection { get; init; } = new();

    /// <summary>Acts on every message in the named queues that the selection takes.</summary>
    public void ActOnAll(MessageAction action)
    {
        using Progress progress = new();
        foreach (string name in queues)
        {
            if (verbose)
            {
                Log.Info($"queue: {name}");
            }

            if (action == MessageAction.Delete && !Selection.IsNarrow && !Selection.IsDryRun)
            {
                DeleteAll(name, progress);
                continue;
            }

            if (!IsMessageQueue(name))
            {
                continue;
            }

            // The names first: a renamed file must not be met again.
            foreach (QueueId id in queue.Scan(name).ToList())
            {
                progress.Step(name);
                if (!Selection.Matches(queue, name, id))
                {
                    continue;
                }

                if (Selection.IsDryRun)
                {
                    progress.Clear();
                    Announce(action, name, id);
                }
                else if (action == MessageAction.ExpireAndRelease)
                {
                    TryAct(MessageAction.Expire, name, id);
                    TryAct(MessageAction.Release, name, id);
                }
                else
                {
                    TryAct(action, name, id);
                }
            }
        }
    }

    // What TryAct would do, without doing it.
    private void Announce(MessageAction action, string name, QueueId id)
    {
        bool applies = action switch
        {
            MessageAction.Delete => true,
            MessageAction.Expire or MessageAction.Requeue => name != QueueName.Maildrop,
            MessageAction.ExpireAndRelease => name != QueueName.Maildrop,
            MessageAction.Hold => name is not (QueueName.Maildrop or QueueName.Hold),
            MessageAction.Release => name == QueueName.Hold,
        };
        if (applies && queue.TryStatus(name, id, out FileStatus status) == 0 && QueueDirectory.IsReady(status))
        {
            CommandLineTool.Print($"{id}: would be {Past(action)} ({name} queue)\n");
        }
    }

    private static string Past(MessageAction action) => action switch
    {
        MessageAction.Delete => "removed",
        MessageAction.Expire => "expired",
        MessageAction.ExpireAndRelease => "expired",
        MessageAction.Hold => "placed on hold",
        MessageAction.Release => "released from hold",
        MessageAction.Requeue => "requeued",
    };

    private static void LogOne(MessageAction action, QueueId id)
    {
        Log.Info($"{id}: {Past(action)}");
    }

    private bool TryAct(MessageAction action, string name, QueueId id)
    {
        if (queue.TryStatus(name, id, out FileStatus status) != 0 || !QueueDirectory.IsReady(status))
        {
            return false;
        }

        switch (action)
        {
            case MessageAction.Delete:
                return TryDelete(name, id);
            case MessageAction.Hold when name is not (QueueName.Maildrop or QueueName.Hold):
                return Count(TryMove(id, name, QueueName.Hold), () => totals.Held++);
            case MessageAction.Release when name == QueueName.Hold:
                return Count(TryMove(id, name, QueueName.Deferred), () => totals.Released++);
            case MessageAction.Requeue when name != QueueName.Maildrop:
                return Count(TryRequeue(id, name), () => totals.Requeued++);
            case MessageAction.Expire when name != QueueName.Maildrop:
                return Count(TryExpire(id, name), () => totals.Expired++);
            default:
                return false;
        }
    }

    private static bool Count(bool done, Action count)
    {
        if (done)
        {
            count();
        }

        return done;
    }

    // Logs go first: with the message gone they would belong to nobody.
    private bool TryDelete(string name, QueueId id)
    {
        foreach (string log in LogQueues)
        {
            Remove(queue.PathOf(log, id));
        }

        return Count(Remove(queue.PathOf(name, id)), () => totals.Deleted++);
    }

    private bool TryMove(QueueId id, string from, string to)
    {
        int errno = queue.TryMove(id, from, to);
        if (errno is not (0 or Errno.ENOENT))
        {
            Log.Warn($"rename {queue.PathOf(from, id)} to {queue.PathOf(to, id)}: {Errno.Text(errno)}");
        }
        else if (errno == 0 && verbose)
        {
            Log.Info($"renamed file {queue.PathOf(from, id)} as {queue.PathOf(to, id)}");
        }

        return errno == 0;
    }

    private bool TryRequeue(QueueId id, string from)
    {
        if (!TryMove(id, from, QueueName.Maildrop))
        {
            return false;
        }

        // Pickup takes the file's time for the time of submission.
        int errno = queue.TrySetTimes(QueueName.Maildrop, id, DateTime.UtcNow);
        if (errno is not (0 or Errno.ENOENT))
        {
            Log.Warn($"{queue.PathOf(QueueName.Maildrop, id)}: reset time stamps: {Errno.Text(errno)}");
        }

        return true;
    }

    private bool TryExpire(QueueId id, string name)
    {
        int errno = QueueFileReader.TryOpen(queue, name, id, out QueueFileReader? file);
        if (errno != 0)
        {
            if (errno != Errno.ENOENT)
            {
                Log.Warn($"expire file {queue.PathOf(name, id)}: {Errno.Text(errno)}");
            }

            return false;
        }

        using (file)
        {
            FileStatus status = file!.Status; // Set when there is no error.
            if (!QueueDirectory.IsReady(status) || status.Links != 1 || (status.Permissions & ExpireBit) != 0)
            {
                return false;
            }

            Posix.Fchmod(file.File, status.Permissions | ExpireBit);
            return true;
        }
    }

    // Logs are deleted with their own queues, when these are named. What is just being received is no message yet: its client
    // would be refused.
    private void DeleteAll(string name, Progress progress)
    {
        foreach ((string directory, string file) in QueueDirectory.ScanFiles(name).ToList())
        {
            string path = $"{directory}/{file}";
            progress.Step(name);
            bool isMessage = false;
            if (IsMessageQueue(name) && QueueId.TryParse(file, out _) && Posix.TryLstat(path, out FileStatus status) == 0)
            {
                isMessage = QueueDirectory.IsReady(status);
                if (QueueDirectory.IsUnfinished(status) && status.ChangeTime > DateTime.UtcNow - ReceptionTime)
                {
                    continue;
                }
            }

            if (Remove(path) && isMessage)
            {
                totals.Deleted++;
            }
        }
    }

    private bool Remove(string path)
    {
        int errno = Posix.TryUnlink(path);
        if (errno is not (0 or Errno.ENOENT))
        {
            Log.Warn($"remove file {path}: {Errno.Text(errno)}");
        }
        else if (errno == 0 && verbose)
        {
            Log.Info($"removed file {path}");
        }

        return errno == 0;
    }
}
