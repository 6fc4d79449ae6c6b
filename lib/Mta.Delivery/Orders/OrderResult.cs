using Mta.Linux;

namespace Mta.Delivery.Orders;

/// <summary>How an order ended.</summary>
public enum OrderOutcome : byte
{
    Done,

    /// <summary>See status and reason.</summary>
    Failed,

    /// <summary>The queue file is damaged; nothing was delivered.</summary>
    Corrupt,

    /// <summary>None of the files looked for exists.</summary>
    Absent,

    /// <summary>A file is there and must not be used; the reason is for the log.</summary>
    Refused,

    /// <summary>The target is not a regular file.</summary>
    NotRegular,

    /// <summary>A command ended; the number is its exit status, the reason its output.</summary>
    Exited,

    /// <summary>A command was killed; the number is the signal, the reason its output.</summary>
    Killed,

    /// <summary>A command ran into its time limit; the reason is its output.</summary>
    TimedOut,

    /// <summary>A command could not be started; the number is the error number.</summary>
    NotStarted,
}

/// <summary>What came of an order.</summary>
public sealed class OrderResult(OrderOutcome outcome, string status = "", string reason = "", long number = 0)
{
    public static OrderResult Done { get; } = new(OrderOutcome.Done);

    public static OrderResult Corrupt { get; } = new(OrderOutcome.Corrupt);

    public static OrderResult Absent { get; } = new(OrderOutcome.Absent);

    public OrderOutcome Outcome => outcome;

    /// <summary>Enhanced status code of a failure.</summary>
    public string Status => status;

    public string Reason => reason;

    /// <summary>An error number, an owner, an index: see the order.</summary>
    public long Number => number;

    /// <summary>Lines for the log, without the word "warning".</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>An entry of a directory that must be flushed before the result counts; never leaves the process.</summary>
    internal DirectoryFlusher.PendingEntry? Unflushed { get; init; }

    /// <summary>A file that was opened; owned by whoever gets the result.</summary>
    public FileHandle? File { get; set; }

    /// <summary>A failure by error number, with the status that mailbox errors have.</summary>
    public static OrderResult FromErrno(int errno, string defaultStatus, string reason) =>
        new(OrderOutcome.Failed, StatusOf(errno, defaultStatus), reason, errno);

    /// <summary>The status of a mailbox error.</summary>
    public static string StatusOf(int errno, string defaultStatus) => errno switch
    {
        Errno.EAGAIN or Errno.ESTALE => "4.2.0",
        // A disk that fails now may be mended or mounted again: what it holds must not be returned as undeliverable.
        // Nor is a process short of descriptors or memory a reason: it serves many, and has them again in a moment.
        Errno.ENOSPC or Errno.EIO or Errno.EROFS or Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM => "4.3.0",
        Errno.EDQUOT or Errno.EFBIG => "5.2.2",
        _ => defaultStatus,
    };

    internal void Write(OrderWriter writer)
    {
        writer.Byte((byte)outcome);
        writer.Text(status);
        writer.Text(reason);
        writer.Long(number);
        writer.Texts(Warnings);
    }

    internal static OrderResult Read(ref OrderReader reader)
    {
        OrderOutcome outcome = (OrderOutcome)reader.Byte();
        string status = reader.Text();
        string reason = reader.Text();
        long number = reader.Long();
        return new OrderResult(outcome, status, reason, number) { Warnings = reader.Texts() };
    }
}
