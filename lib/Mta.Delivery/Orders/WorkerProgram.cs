using System.Globalization;
using Mta.Linux;
using Mta.Mail.Protocols;

namespace Mta.Delivery.Orders;

/// <summary>
/// The worker mode of <c>local</c> and <c>virtual</c>: takes orders from the parent's socket until it closes. Reads no
/// configuration, opens no table, logs nothing: results carry what there is to say. Whatever is not foreseen ends the
/// process.
/// </summary>
public static class WorkerProgram
{
    /// <summary>First argument of a worker.</summary>
    public const string Switch = "--delivery-worker";

    /// <summary>Descriptor of the socket to the parent.</summary>
    internal const int SocketNumber = 3;

    private const int MaxMessage = 60_000;
    private const int MaxThreads = 64;
    private const int SendAttempts = 50;
    private static readonly TimeSpan SendPause = TimeSpan.FromMilliseconds(20);
    private static int s_threads;
    private static int s_idle;

    [ThreadStatic]
    private static OrderWriter? t_answers;

    // What the rules for files (not the modes) refused during the order that this thread is at.
    [ThreadStatic]
    private static string? t_refused;

    /// <summary>Whether this process was started as a worker.</summary>
    /// <param name="arguments">The arguments behind argv[0].</param>
    public static bool IsRequested(IReadOnlyList<string> arguments) => arguments.Count == 2 && arguments[0] == Switch;

    /// <summary>Runs until the parent goes away.</summary>
    /// <returns>The exit status.</returns>
    public static int Run(IReadOnlyList<string> arguments)
    {
        Posix.Umask(0x3F);
        ThreadWaking.IsPatient = true;
        ThreadWaking.Follow();
        if (ulong.TryParse(arguments[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong limit) && limit != Posix.Unlimited)
        {
            LimitFileSize(limit);
        }

        if (Posix.EnvironmentVariable(MasterProtocol.SandboxVariable) is not null)
        {
            Refusals.Observer = static (_, call, path) => t_refused ??= path is not null && Refusals.IsBeyondModes(path, call is not "read") ? path : null;
        }

        FileHandle socket = new(SocketNumber);
        Posix.SetCloseOnExec(socket);
        OrderContext context = new(WorkerIdentity.Privileged());
        OwnImage.Survey();
        Posix.SetReceiveLimit(socket, ProcessRest.After);
        Volatile.Write(ref s_threads, 1);
        Serve(socket, context);

        // The parent is gone. Deliveries under way are finished: half an append would stay in someone's mailbox.
        while (Volatile.Read(ref s_threads) > 0)
        {
            Thread.Sleep(10);
        }

        return 0;
    }

    /// <summary>Writing beyond the limit is EFBIG, not the process's death.</summary>
    internal static void LimitFileSize(ulong limit)
    {
        Posix.IgnoreSignal(Signals.SIGXFSZ);
        (_, ulong hard) = Posix.GetLimit(ResourceLimit.FileSize);
        Posix.SetLimit(ResourceLimit.FileSize, Math.Min(limit, hard), hard);
    }

    // Every thread waits for orders; whoever takes the last free place starts the next thread.
    private static void Serve(FileHandle socket, OrderContext context)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(MaxMessage, pinned: true);
        while (true)
        {
            Interlocked.Increment(ref s_idle);
            int errno = Receive(socket, buffer, out int length, out FileHandle? file);
            int idle = Interlocked.Decrement(ref s_idle);
            if (errno != 0 || length == 0)
            {
                Interlocked.Decrement(ref s_threads);
                return;
            }

            if (idle == 0 && Interlocked.Increment(ref s_threads) <= MaxThreads)
            {
                new Thread(() => Serve(socket, context), 512 << 10) { IsBackground = true, Name = "delivery" }.Start();
            }
            else if (idle == 0)
            {
                Interlocked.Decrement(ref s_threads);
            }

            using (file)
            {
                t_refused = null;
                OrderReader reader = new(buffer.AsSpan(0, length));
                long number = reader.Long();
                Order order = Order.Read(ref reader);
                OrderExecution.Run(context, order, file, (result, more) => Answer(socket, number, result, more));
            }
        }
    }

    // While there is work, one thread is woken for each message; at rest all of them for the first.
    private static int Receive(FileHandle socket, Span<byte> buffer, out int length, out FileHandle? file)
    {
        while (true)
        {
            int errno = Posix.TryReceiveMessage(socket, buffer, out length, out file);
            ProcessRest.Watch.Waited(errno != Errno.EAGAIN);
            if (errno != Errno.EAGAIN)
            {
                return errno;
            }

            PollEntry entry = new(socket.Descriptor, PollEvents.Input);
            Posix.Poll(new Span<PollEntry>(ref entry), ProcessRest.Watch.Wait(-1));
        }
    }

    // Results that come one after the other from one flush travel in one message.
    private static void Answer(FileHandle socket, long number, OrderResult result, bool more)
    {
        if (t_refused is { } path && result.Outcome == OrderOutcome.Failed)
        {
            // Our own rule stands in the way, which somebody can widen: the mail waits for that.
            result = new OrderResult(OrderOutcome.Failed, result.Status.StartsWith('5') ? "4.3.0" : result.Status, result.Reason, result.Number)
            {
                Warnings = [.. result.Warnings, $"sandbox: {path}: not among what this service may write; sandbox_write_paths widens it"],
            };
        }

        using FileHandle? opened = result.File;
        OrderWriter writer = t_answers ??= new OrderWriter();
        writer.Long(number);
        result.Write(writer);
        if (more && opened is null && writer.Bytes.Length < MaxMessage / 2)
        {
            return;
        }

        Send(socket, writer.Bytes, opened);
        writer.Clear();
    }

    // A result that does not reach the parent would leave its message waiting for ever. When the system has no room for
    // it for long, this worker says goodbye instead: the parent then fails whatever is outstanding, for a later try.
    private static void Send(FileHandle socket, ReadOnlySpan<byte> bytes, FileHandle? file)
    {
        for (int attempt = 0; ; attempt++)
        {
            int errno = Posix.TrySendMessage(socket, bytes, file);
            if (errno is 0 or Errno.EPIPE)
            {
                return;
            }

            if (attempt == SendAttempts)
            {
                Posix.TryShutdown(socket);
                return;
            }

            Thread.Sleep(SendPause);
        }
    }
}
