using Mta.Linux;

namespace Mta.Delivery.Orders;

/// <summary>
/// Run a command with a client's socket as descriptors 0, 1 and 2, until it ends or its time is up; then its whole
/// process group is killed.
/// </summary>
public sealed class ServeOrder : Order
{
    private const int LongestPause = 50;

    /// <inheritdoc cref="CommandOrder(uint, uint, IReadOnlyList{string}, IReadOnlyList{string}, byte[], long)"/>
    public ServeOrder(uint user, uint group, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
        : base(0, 0)
    {
        RunUser = user;
        RunGroup = group;
        Arguments = arguments;
        Environment = environment;
    }

    public uint RunUser { get; }

    public uint RunGroup { get; }

    public IReadOnlyList<string> Arguments { get; }

    public IReadOnlyList<string> Environment { get; }

    /// <summary>The program that takes on an identity; not used by an unprivileged process.</summary>
    public string RunAs { get; init; } = "";

    /// <summary>How long the command may run.</summary>
    public TimeSpan TimeLimit { get; init; }

    internal override OrderResult Execute(OrderContext context, FileHandle? file)
    {
        CommandStart start = new(RunUser, RunGroup, Arguments, Environment, "", RunAs);
        FileHandle socket = file!; // the client's

        // A command expects to wait when it reads.
        Posix.SetNonBlocking(socket, on: false);
        int errno = start.TrySpawn(context, "", [(0, socket), (1, socket), (2, socket)], out int process, out FileHandle pipe);
        using FileHandle report = pipe;
        if (errno != 0)
        {
            return new OrderResult(OrderOutcome.NotStarted, number: errno);
        }

        long deadline = System.Environment.TickCount64 + (long)TimeLimit.TotalMilliseconds;
        int pause = 1;
        ChildStatus status;
        while (!Posix.TryWait(process, wait: false, out status))
        {
            if (System.Environment.TickCount64 >= deadline)
            {
                Posix.TryKill(-process, Signals.SIGKILL);
                Posix.TryKill(process, Signals.SIGKILL);
                Posix.TryWait(process, wait: true, out _);
                return new OrderResult(OrderOutcome.TimedOut, number: process);
            }

            Thread.Sleep(pause);
            pause = Math.Min(pause * 2, LongestPause);
        }

        return status.WasKilled
            ? new OrderResult(OrderOutcome.Killed, number: status.Signal)
            : new OrderResult(OrderOutcome.Exited, number: status.ExitCode) { Warnings = CommandStart.WhyNotExecuted(report) is { } why ? [why] : [] };
    }

    internal override void WriteBody(OrderWriter writer)
    {
        writer.UInt(RunUser);
        writer.UInt(RunGroup);
        writer.Texts(Arguments);
        writer.Texts(Environment);
        writer.Text(RunAs);
        writer.Long(TimeLimit.Ticks);
    }

    internal static ServeOrder Read(uint user, uint group, ref OrderReader reader)
    {
        if (user != 0 || group != 0)
        {
            throw new InvalidDataException("command order with an identity of its own");
        }

        return new ServeOrder(reader.UInt(), reader.UInt(), reader.Texts(), reader.Texts())
        {
            RunAs = reader.Text(),
            TimeLimit = TimeSpan.FromTicks(reader.Long()),
        };
    }
}
