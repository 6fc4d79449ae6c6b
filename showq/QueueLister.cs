using Mta.Config;
using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Service;
using Mta.Text;

namespace Mta.Showq;

/// <summary>Lists all queues to one client after the other, reading as it sends: nothing is held in memory.</summary>
internal sealed class QueueLister
{
    private static readonly string[] Queues = [QueueName.Maildrop, QueueName.Active, QueueName.Incoming, QueueName.Deferred, QueueName.Hold];

    private readonly QueueDirectory _directory;
    private readonly ListingSettings _settings;

    public QueueLister(ServiceContext context)
    {
        Configuration configuration = context.Configuration;
        _directory = new QueueDirectory(QueueSettings.From(configuration));
        _settings = ListingSettings.From(configuration);
    }

    public async Task ServeAsync(ClientConnection client, CancellationToken stop)
    {
        BufferedOutput output = client.Output;
        AttributeWriter writer = new(output);
        Announcement.Write(writer, ShowqProtocol.Name);
        bool isFirst = true;
        foreach (string queue in Queues)
        {
            foreach (QueueId id in Scan(queue))
            {
                await ListAsync(queue, id, output, writer, stop);
                if (isFirst)
                {
                    // Whoever waits for a long listing sees at once that it comes.
                    isFirst = false;
                    await output.FlushAsync(stop);
                }
            }
        }

        ShowqProtocol.WriteEnd(writer);
        await output.FlushAsync(stop);
    }

    private IEnumerable<QueueId> Scan(string queue)
    {
        using IEnumerator<QueueId> ids = _directory.Scan(queue).GetEnumerator();
        while (true)
        {
            try
            {
                if (!ids.MoveNext())
                {
                    yield break;
                }
            }
            catch (LinuxException error)
            {
                LogLines.Unreadable(error.Message);
                yield break;
            }

            yield return ids.Current;
        }
    }

    private async ValueTask ListAsync(string queue, QueueId id, BufferedOutput output, AttributeWriter writer, CancellationToken stop)
    {
        int errno = QueueFileReader.TryOpen(_directory, queue, id, out QueueFileReader? file, writable: false);
        if (file is null)
        {
            // Delivered, or moved on, since its name was read.
            if (errno is not (Errno.ENOENT or Errno.ELOOP))
            {
                LogLines.Unreadable($"open {queue} {id}: {Errno.Text(errno)}");
            }

            return;
        }

        using (file)
        {
            if (!file.IsReady)
            {
                return;
            }

            MessageListing listing = new(_directory, _settings, queue, id, file);
            try
            {
                while (listing.WriteNext(writer))
                {
                    if (output.IsFull)
                    {
                        await output.FlushAsync(stop);
                    }
                }
            }
            catch (LinuxException error)
            {
                LogLines.Unreadable($"{queue} {id}: {error.Message}");
            }
            finally
            {
                listing.Close(writer);
            }
        }
    }
}
