using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Mail.Addresses;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Postqueue;

/// <summary>One recipient that still waits.</summary>
/// <param name="Original">As first submitted; empty when it is the same.</param>
/// <param name="Status">Of the last attempt; empty when there was none.</param>
/// <param name="Reply">What the last attempt said; empty when there was none.</param>
/// <param name="Advice">What would make it move.</param>
internal sealed record WaitingRecipient(string Address, string Original, string Status, string Reply, string Advice);

/// <summary>Why a message is still here, from its file, its defer log and the settings. Reads, changes nothing.</summary>
internal sealed class Explanation
{
    private static readonly string[] Queues =
        [QueueName.Maildrop, QueueName.Incoming, QueueName.Active, QueueName.Deferred, QueueName.Hold, QueueName.Corrupt];

    private readonly Configuration _configuration;

    private Explanation(Configuration configuration, QueueId id, string queue, FileStatus status)
    {
        _configuration = configuration;
        Id = id;
        Queue = queue;
        Status = status;
    }

    public QueueId Id { get; }

    public string Queue { get; }

    public FileStatus Status { get; }

    public DateTime Arrival { get; private set; }

    public long Size { get; private set; }

    /// <summary>Internal form.</summary>
    public string Sender { get; private set; } = "";

    /// <summary>Recipients that need nothing more.</summary>
    public int Done { get; private set; }

    public List<WaitingRecipient> Waiting { get; } = [];

    /// <summary>When delivery was last tried; null before the first attempt.</summary>
    public DateTime? LastAttempt { get; private set; }

    /// <summary>How often delivery was tried, as the retry times in main.cf have it; queue runs by hand are not seen.</summary>
    public int Attempts { get; private set; }

    /// <summary>Not before this time; null when nobody plans one.</summary>
    public DateTime? NextAttempt { get; private set; }

    /// <summary>Then it goes back to its sender; null while it is held.</summary>
    public DateTime? ReturnTime { get; private set; }

    public bool IsRunning { get; private set; }

    public bool IsForcedToExpire => (Status.Permissions & 0x8) != 0;

    /// <summary>What holds the whole message.</summary>
    public string Why { get; private set; } = "";

    /// <summary>The command that makes it move now; empty when none would.</summary>
    public string Command { get; private set; } = "";

    /// <summary>Looks for the message in all queues, twice, for it may move meanwhile.</summary>
    /// <returns>Null when there is no such message.</returns>
    /// <exception cref="FatalException">The queue or the file cannot be read.</exception>
    public static Explanation? Find(Configuration configuration, QueueId id)
    {
        QueueDirectory directory = new(QueueSettings.From(configuration));
        for (int round = 0; round < 2; round++)
        {
            foreach (string queue in Queues)
            {
                string path = directory.PathOf(queue, id);
                int errno = Posix.TryOpen(path, OpenFlags.ReadOnly | OpenFlags.NoFollow, 0, out FileHandle file);
                if (errno == 0)
                {
                    using (file)
                    {
                        Explanation found = new(configuration, id, queue, Posix.Fstat(file));
                        found.Read(file, ReadReplies(directory, id, found));
                        found.Conclude();
                        return found;
                    }
                }

                if (errno != Errno.ENOENT)
                {
                    throw new FatalException($"open queue file {path}: {Errno.Text(errno)}");
                }
            }
        }

        return null;
    }

    private static Dictionary<string, BounceLogEntry> ReadReplies(QueueDirectory directory, QueueId id, Explanation found)
    {
        Dictionary<string, BounceLogEntry> replies = new(StringComparer.Ordinal);
        if (BounceLogReader.TryOpen(directory, QueueName.Defer, id, out BounceLogReader? log) != 0)
        {
            return replies;
        }

        using (log)
        {
            while (log!.Next() is { } entry) // set when there is no error
            {
                replies[entry.Recipient] = entry;
            }
        }

        found.LastAttempt = Posix.TryLstat(directory.PathOf(QueueName.Defer, id), out FileStatus status) == 0 ? status.ModifyTime : null;
        return replies;
    }

    private void Read(FileHandle file, Dictionary<string, BounceLogEntry> replies)
    {
        using RecordFileReader records = new(file);
        EnvelopeScan scan = new(records, Status);
        string original = "";
        while (scan.Next(out RecordType type, out ReadOnlySpan<byte> data))
        {
            switch (type)
            {
                case RecordType.Sender:
                    Sender = ByteString.FromBytes(data);
                    break;
                case RecordType.OriginalRecipient:
                    original = ByteString.FromBytes(data);
                    break;
                case RecordType.Done:
                    Done++;
                    original = "";
                    break;
                case RecordType.Recipient:
                    Add(ByteString.FromBytes(data), original, replies);
                    original = "";
                    break;
            }
        }

        Size = scan.Size;
        Arrival = scan.Arrival;
    }

    private void Add(string recipient, string original, Dictionary<string, BounceLogEntry> replies)
    {
        replies.TryGetValue(AddressSyntax.ToExternal(recipient), out BounceLogEntry? entry);
        string reply = entry?.Status.Reason ?? "";
        Waiting.Add(new WaitingRecipient(recipient, original == recipient ? "" : original, entry?.Status.Status ?? "", reply, Advice.For(reply, entry?.Status.Status ?? "")));
    }

    private void Conclude()
    {
        DateTime now = DateTime.UtcNow;
        IsRunning = MasterHoldsLock(_configuration.Get(GlobalParameters.ProcessIdDirectory));
        string stopped = IsRunning ? "" : "; the mail system is not running: postfix start";
        TimeSpan lifetime = _configuration.Get(Sender.Length == 0 ? QmgrParameters.BounceQueueLifetime : QmgrParameters.MaximalQueueLifetime);
        ReturnTime = Arrival + lifetime;
        Attempts = LastAttempt is null ? 0 : Math.Max(1, CountAttempts(LastAttempt.Value));
        switch (Queue)
        {
            case QueueName.Hold:
                ReturnTime = null;
                Why = "it is on hold: nothing happens to it until it is released";
                Command = $"postsuper -H {Id}";
                break;
            case QueueName.Deferred:
                NextAttempt = Status.ModifyTime;
                Why = (Status.ModifyTime > now
                    ? "delivery failed for the time being; it waits for its next attempt"
                    : $"its next attempt is due: the queue manager looks every {(long)_configuration.Get(QmgrParameters.QueueRunDelay).TotalSeconds} s") + stopped;
                Command = IsRunning ? $"postqueue -i {Id}" : "postfix start";
                break;
            case QueueName.Active:
                Why = "it is being delivered, or waits for its turn at its destinations" + stopped;
                Command = IsRunning ? "" : "postfix start";
                break;
            case QueueName.Incoming:
                NextAttempt = Status.ModifyTime;
                Why = (QueueDirectory.IsReady(Status) ? "it waits for room in the active queue" : "it is still being received") + stopped;
                Command = IsRunning ? "" : "postfix start";
                break;
            case QueueName.Maildrop:
                ReturnTime = null;
                Why = (QueueDirectory.IsReady(Status) ? "it was submitted here and waits for the pickup service" : "its submission is not complete") + stopped;
                Command = IsRunning ? "postqueue -f" : "postfix start";
                break;
            default:
                ReturnTime = null;
                Why = "its file is damaged and was put aside; nothing happens to it by itself";
                Command = $"postcat {Queue}/{Id}";
                break;
        }

        if (IsForcedToExpire && ReturnTime is not null)
        {
            Why += "; it is marked to go back to its sender at the next attempt";
            ReturnTime = now;
        }

        if (Waiting.Count == 0 && Queue is QueueName.Active or QueueName.Deferred or QueueName.Incoming)
        {
            Why = $"all its recipients are done: it is removed when it is next looked at{stopped}";
        }
    }

    // The waits of the queue manager: as long as the message is old, between the two limits.
    private int CountAttempts(DateTime last)
    {
        TimeSpan least = _configuration.Get(QmgrParameters.MinimalBackoffTime);
        TimeSpan most = _configuration.Get(QmgrParameters.MaximalBackoffTime);
        int attempts = 1;
        for (TimeSpan age = least; Arrival + age <= last && attempts < 10_000; attempts++)
        {
            TimeSpan wait = age < least ? least : age > most ? most : age;
            age += wait > TimeSpan.Zero ? wait : TimeSpan.FromSeconds(1);
        }

        return attempts;
    }

    private static bool MasterHoldsLock(string directory)
    {
        int errno = Posix.TryOpen($"{directory}/master.pid", OpenFlags.ReadOnly, 0, out FileHandle file);
        using (file)
        {
            return errno == 0 && !Posix.Flock(file, FileLock.Shared, wait: false);
        }
    }
}
