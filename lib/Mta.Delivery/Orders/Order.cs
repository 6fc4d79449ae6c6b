using Mta.Linux;

namespace Mta.Delivery.Orders;

/// <summary>
/// One piece of work under a user's identity: what to open, write or execute, completely spelled out. The privileged
/// parent makes it from tables and addresses; a worker process carries it out (<see cref="WorkerPool"/>).
/// </summary>
public abstract class Order
{
    private protected Order(uint user, uint group)
    {
        User = user;
        Group = group;
    }

    private enum Kind : byte
    {
        Maildir,
        Mailbox,
        Command,
        FindFile,
        CheckFile,
        OpenFile,
        CheckDirectory,
        Serve,
    }

    /// <summary>The identity it begins with; 0 is root.</summary>
    public uint User { get; }

    public uint Group { get; }

    /// <summary>It changes the identity on its way, so nothing else may run in the same worker.</summary>
    public virtual bool IsExclusive => false;

    /// <summary>Carries the order out. Blocks. Expected failures are results.</summary>
    /// <param name="file">The queue file, where the order needs it; owned by the caller.</param>
    internal abstract OrderResult Execute(OrderContext context, FileHandle? file);

    /// <summary>The result when <see cref="OrderResult.Unflushed"/> could not be flushed. Runs under the order's identity.</summary>
    internal virtual OrderResult FlushFailed(int errno) => throw new InvalidOperationException("order without a directory");

    internal abstract void WriteBody(OrderWriter writer);

    internal void Write(OrderWriter writer)
    {
        writer.Byte((byte)KindOf(this));
        writer.UInt(User);
        writer.UInt(Group);
        WriteBody(writer);
    }

    internal static Order Read(ref OrderReader reader)
    {
        Kind kind = (Kind)reader.Byte();
        uint user = reader.UInt();
        uint group = reader.UInt();
        return kind switch
        {
            Kind.Maildir => MaildirOrder.Read(user, group, ref reader),
            Kind.Mailbox => MailboxOrder.Read(user, group, ref reader),
            Kind.Command => CommandOrder.Read(user, group, ref reader),
            Kind.FindFile => FindFileOrder.Read(user, group, ref reader),
            Kind.CheckFile => CheckFileOrder.Read(user, group, ref reader),
            Kind.OpenFile => OpenFileOrder.Read(user, group, ref reader),
            Kind.CheckDirectory => CheckDirectoryOrder.Read(user, group, ref reader),
            Kind.Serve => ServeOrder.Read(user, group, ref reader),
            _ => throw new InvalidDataException("unknown delivery order"),
        };
    }

    private static Kind KindOf(Order order) => order switch
    {
        MaildirOrder => Kind.Maildir,
        MailboxOrder => Kind.Mailbox,
        CommandOrder => Kind.Command,
        FindFileOrder => Kind.FindFile,
        CheckFileOrder => Kind.CheckFile,
        OpenFileOrder => Kind.OpenFile,
        CheckDirectoryOrder => Kind.CheckDirectory,
        ServeOrder => Kind.Serve,
        _ => throw new InvalidOperationException("order without a kind"),
    };
}

/// <summary>What orders share in the process that carries them out.</summary>
internal sealed class OrderContext(WorkerIdentity identity)
{
    private int _counter;

    public WorkerIdentity Identity => identity;

    public DirectoryFlusher Flusher { get; } = new();

    /// <summary>The kernel's host name, fit for a file name.</summary>
    public string HostName { get; } = Posix.HostName().Replace('/', '_').Replace(':', '_');

    /// <summary>The agent's name, as its argument vector has it.</summary>
    public string ProgramName { get; } = System.IO.Path.GetFileNameWithoutExtension(Environment.GetCommandLineArgs()[0]);

    public int ProcessId { get; } = Posix.ProcessId();

    /// <summary>A number that this process has not used before.</summary>
    public int NextNumber() => Interlocked.Increment(ref _counter);
}
