using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;

namespace Mta.Pickup;

/// <summary>
/// One look at the maildrop queue (docs/QUEUE.md, state "maildrop"): every complete file goes to cleanup, a few at a
/// time. A file that fails stays for the next look and stops nobody.
/// </summary>
internal sealed class MaildropScan(PickupSettings settings)
{
    private const int MaxAtOnce = 10;
    private static readonly TimeSpan LinkGrace = TimeSpan.FromSeconds(60);

    private readonly QueueDirectory _queue = new(settings.Queue);
    private readonly CleanupClient _cleanup = new(settings.CleanupService) { Timeout = settings.IpcTimeout };
    private readonly uint _owner = Posix.EffectiveUser;

    public async Task RunAsync(CancellationToken stop)
    {
        using SemaphoreSlim room = new(MaxAtOnce);
        List<Task> running = [];
        try
        {
            foreach (QueueId id in _queue.Scan(QueueName.Maildrop))
            {
                if (stop.IsCancellationRequested)
                {
                    break;
                }

                if (!IsReady(id))
                {
                    continue;
                }

                await room.WaitAsync(stop);
                running.RemoveAll(static task => task.IsCompleted);
                running.Add(PickUpAsync(id, room, stop));
            }
        }
        catch (LinuxException error)
        {
            LogLines.NotAccepted(QueueName.Maildrop, error.Message);
        }
        catch (OperationCanceledException)
        {
            // The process ends; what was not picked up stays.
        }

        await Task.WhenAll(running);
    }

    private bool IsReady(QueueId id)
    {
        string path = _queue.PathOf(QueueName.Maildrop, id);
        int errno = _queue.TryStatus(QueueName.Maildrop, id, out FileStatus status);
        if (errno != 0)
        {
            return false;
        }

        if (!status.IsRegular)
        {
            LogLines.NotRegular(path);
            return false;
        }

        return QueueDirectory.IsReady(status);
    }

    private async Task PickUpAsync(QueueId id, SemaphoreSlim room, CancellationToken stop)
    {
        string path = _queue.PathOf(QueueName.Maildrop, id);
        try
        {
            await Task.Yield();
            int errno = QueueFileReader.TryOpen(path, out QueueFileReader? file, writable: false);
            if (errno != 0)
            {
                LogLines.CannotOpen(path, Errno.Text(errno));
                return;
            }

            // Another file may be there by now than the one that was looked at.
            using (file!) // Set when there is no error.
            {
                if (file!.IsReady)
                {
                    WarnOfLinks(path, file.Status);
                    await SubmitAsync(id, path, file, stop);
                }
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            LogLines.NotAccepted(path, error.Message);
        }
        catch (Exception error)
        {
            LogLines.Failed(path, error);
        }
        finally
        {
            room.Release();
        }
    }

    private static void WarnOfLinks(string path, FileStatus status)
    {
        if (status.Links > 1 && status.ChangeTime < DateTime.UtcNow - LinkGrace)
        {
            LogLines.ManyLinks(path, status.UserId, status.Links);
        }
    }

    private async Task SubmitAsync(QueueId id, string path, QueueFileReader file, CancellationToken stop)
    {
        bool requeued = file.Status.UserId == _owner && (file.Status.Permissions & 0x4) == 0;
        MaildropMessage message = new(settings, id, path, file, requeued);
        CleanupResult result;
        using (CleanupSession session = await _cleanup.OpenAsync(message.Flags(), stop))
        {
            if (!await message.CopyAsync(session, stop))
            {
                // The session is left without an end record: nothing comes of it.
                GiveUp(id, path, file, requeued, message.Problem);
                return;
            }

            result = await session.FinishAsync(stop);
        }

        const CleanupStatus Final = CleanupStatus.Bad | CleanupStatus.NoRecipients;
        if (result.Status == CleanupStatus.Ok)
        {
            Remove(id, path);
        }
        else if ((result.Status & Final) != 0)
        {
            GiveUp(id, path, file, requeued, CleanupStatusReply.Of(result.Status).Text);
        }
        else if (result.Reason.Length == 0)
        {
            LogLines.NotAccepted(path, CleanupStatusReply.Of(result.Status).Text);
        }
    }

    // Mail that was accepted before (requeued) is kept for inspection; a bad submission never was a message.
    private void GiveUp(QueueId id, string path, QueueFileReader file, bool requeued, string why)
    {
        if (requeued && _queue.TryMove(id, QueueName.Maildrop, QueueName.Corrupt) == 0)
        {
            LogLines.Malformed(path, file.Status.UserId, why, "moved to the corrupt queue");
            return;
        }

        LogLines.Malformed(path, file.Status.UserId, why, requeued ? "kept" : "removed");
        if (!requeued)
        {
            Remove(id, path);
        }
    }

    private void Remove(QueueId id, string path)
    {
        int errno = _queue.TryRemove(QueueName.Maildrop, id);
        if (errno is not (0 or Errno.ENOENT))
        {
            LogLines.CannotRemove(path, Errno.Text(errno));
        }
    }
}
