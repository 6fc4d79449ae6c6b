using Mta.Linux;
using Mta.Text;

namespace Mta.Delivery.Orders;

/// <summary>
/// Run a command with the message on its standard input. The child gets its identity from <c>run-as</c>, a session of
/// its own, and descriptors 0 to 2 only. At the time limit its whole process group is killed.
/// </summary>
public sealed class CommandOrder : Order
{
    private const int MaxOutput = 4096;

    /// <param name="user">Whom the command runs as; the order itself begins as root, who alone can start it.</param>
    /// <param name="arguments">The program (searched in PATH when without a slash) and its arguments.</param>
    /// <param name="environment">The whole environment.</param>
    public CommandOrder(uint user, uint group, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, byte[] head, long offset)
        : base(0, 0)
    {
        RunUser = user;
        RunGroup = group;
        Arguments = arguments;
        Environment = environment;
        Head = head;
        Offset = offset;
    }

    public uint RunUser { get; }

    public uint RunGroup { get; }

    public IReadOnlyList<string> Arguments { get; }

    public IReadOnlyList<string> Environment { get; }

    /// <summary>Where it starts; empty is where the mail system is.</summary>
    public string Directory { get; init; } = "";

    /// <summary>The program that takes on an identity; not used by an unprivileged process.</summary>
    public string RunAs { get; init; } = "";

    /// <summary>Longest wait for each read, write, and for the end (<c>command_time_limit</c>).</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(1000);

    public CopyOptions Options { get; init; }

    /// <summary>What ends a line on the command's input; the head has such line ends already.</summary>
    public byte[] LineEnd { get; init; } = [(byte)'\n'];

    /// <summary>The command's root directory; empty for the system's own.</summary>
    public string Root { get; init; } = "";

    private CommandStart Start => new(RunUser, RunGroup, Arguments, Environment, Directory, RunAs);

    private byte[] Head { get; }

    private long Offset { get; }

    internal override OrderResult Execute(OrderContext context, FileHandle? file)
    {
        (FileHandle input, FileHandle feed) = Posix.Pipe();
        (FileHandle output, FileHandle drain) = Posix.Pipe();
        using (feed)
        using (output)
        {
            int process;
            FileHandle pipe;
            using (input)
            using (drain)
            {
                int errno = Start.TrySpawn(context, Root, [(0, input), (1, drain), (2, drain)], out process, out pipe);
                if (errno != 0)
                {
                    pipe.Dispose();
                    return new OrderResult(OrderOutcome.NotStarted, number: errno);
                }
            }

            using FileHandle report = pipe;
            Posix.SetNonBlocking(feed);
            Posix.SetNonBlocking(output);
            CommandPipes pipes = new(feed, output, TimeLimit, MaxOutput);
            bool reaped = false;
            try
            {
                OrderResult result = Converse(pipes, process, report, file!, context.ProgramName, ref reaped); // orders with content come with the file
                return result;
            }
            finally
            {
                if (!reaped)
                {
                    // Its group is its own (setsid), and stays reserved until it is waited for.
                    Posix.TryKill(-process, Signals.SIGKILL);
                    Posix.TryKill(process, Signals.SIGKILL);
                    Posix.TryWait(process, wait: true, out _);
                }
            }
        }
    }

    internal override void WriteBody(OrderWriter writer)
    {
        writer.UInt(RunUser);
        writer.UInt(RunGroup);
        writer.Texts(Arguments);
        writer.Texts(Environment);
        writer.Data(Head);
        writer.Long(Offset);
        writer.Text(Directory);
        writer.Text(RunAs);
        writer.Long(TimeLimit.Ticks);
        writer.Byte((byte)Options);
        writer.Data(LineEnd);
        writer.Text(Root);
    }

    internal static CommandOrder Read(uint user, uint group, ref OrderReader reader)
    {
        if (user != 0 || group != 0)
        {
            throw new InvalidDataException("command order with an identity of its own");
        }

        return new CommandOrder(reader.UInt(), reader.UInt(), reader.Texts(), reader.Texts(), reader.Data().ToArray(), reader.Long())
        {
            Directory = reader.Text(),
            RunAs = reader.Text(),
            TimeLimit = TimeSpan.FromTicks(reader.Long()),
            Options = (CopyOptions)reader.Byte(),
            LineEnd = reader.Data().ToArray(),
            Root = reader.Text(),
        };
    }

    private OrderResult Converse(CommandPipes pipes, int process, FileHandle report, FileHandle file, string name, ref bool reaped)
    {
        CopyOutcome copy = MessageCopy.Run(file, Offset, Head, Options, pipes, out int errno, LineEnd);
        if (copy == CopyOutcome.Corrupt)
        {
            return OrderResult.Corrupt;
        }

        if (copy == CopyOutcome.ReadFailed)
        {
            return MessageCopy.ToResult(copy, errno, "5.3.0")!; // not Done
        }

        pipes.CloseInput();
        if ((copy == CopyOutcome.WriteFailed && errno == Errno.ETIMEDOUT) || !pipes.Finish(process, out ChildStatus status))
        {
            return new OrderResult(OrderOutcome.TimedOut, reason: pipes.Output) { Warnings = [pipes.WhatTookTooLong] };
        }

        reaped = true;
        if (CommandStart.WhyNotExecuted(report) is { } why)
        {
            // The administrator's mistake: the log says it, the sender's report only that it is temporary.
            bool isMissing = why.Contains("execvp", StringComparison.Ordinal);
            return new OrderResult(OrderOutcome.Exited, reason: isMissing ? $"{name}: fatal: {why} " : "", number: status.ExitCode) { Warnings = [why] };
        }

        return status.WasKilled ? new OrderResult(OrderOutcome.Killed, reason: pipes.Output, number: status.Signal)
            : copy == CopyOutcome.WriteFailed && errno != Errno.EPIPE && status.ExitCode == 0 ? new OrderResult(OrderOutcome.Failed, "5.3.0", Errno.Text(errno), errno)
            : new OrderResult(OrderOutcome.Exited, reason: pipes.Output, number: status.ExitCode);
    }
}

/// <summary>The two pipes of a running command: feeds it, and keeps the beginning of what it says meanwhile.</summary>
internal sealed class CommandPipes(FileHandle feed, FileHandle output, TimeSpan limit, int maxOutput) : CopySink
{
    private readonly byte[] _output = new byte[maxOutput];
    private readonly byte[] _surplus = new byte[4096];
    private int _count;
    private bool _outputEnded;

    /// <summary>After a time limit: what was waited for.</summary>
    public string WhatTookTooLong { get; private set; } = "";

    /// <summary>The output on one line: white space is a blank, what cannot be printed an underscore.</summary>
    public string Output
    {
        get
        {
            Span<byte> text = _output.AsSpan(0, _count);
            foreach (ref byte b in text)
            {
                b = b is (byte)'\t' or (byte)'\n' ? (byte)' ' : Ascii.IsPrintable(b) ? b : (byte)'_';
            }

            return ByteString.FromBytes(text);
        }
    }

    /// <exception cref="LinuxException">EPIPE: the command does not read on. ETIMEDOUT: it did not read in time.</exception>
    public override void Write(ReadOnlySpan<byte> bytes)
    {
        long deadline = Deadline();
        while (!bytes.IsEmpty)
        {
            int written = Posix.TryWrite(feed, bytes, out int errno);
            if (written > 0)
            {
                bytes = bytes[written..];
                deadline = Deadline();
                continue;
            }

            if (errno != Errno.EAGAIN)
            {
                throw new LinuxException(errno, "write");
            }

            PollEntry[] items = [new(feed.Descriptor, PollEvents.Output), new(_outputEnded ? -1 : output.Descriptor, PollEvents.Input)];
            Posix.Poll(items, (int)Math.Clamp(deadline - System.Environment.TickCount64, 1, int.MaxValue));
            if (items[1].Returned != PollEvents.None)
            {
                Drain();
            }

            if (System.Environment.TickCount64 >= deadline)
            {
                WhatTookTooLong = "pipe_command_write: write time limit exceeded";
                throw new LinuxException(Errno.ETIMEDOUT, "write");
            }
        }
    }

    public void CloseInput() => feed.Dispose();

    /// <summary>Reads the output to its end and waits for the command's. A child it left behind is not waited for.</summary>
    /// <returns>False at the time limit.</returns>
    public bool Finish(int process, out ChildStatus status)
    {
        long deadline = Deadline();
        int pause = 1;
        while (!Posix.TryWait(process, wait: false, out status))
        {
            if (System.Environment.TickCount64 >= deadline)
            {
                WhatTookTooLong = _outputEnded ? "pipe_command_wait_or_kill: child wait time limit exceeded" : "pipe_command_read: read time limit exceeded";
                return false;
            }

            if (_outputEnded)
            {
                Thread.Sleep(pause);
                pause = Math.Min(pause * 2, 50);
                continue;
            }

            PollEntry[] items = [new(output.Descriptor, PollEvents.Input)];
            Posix.Poll(items, Math.Min(pause * 10, 200));
            pause = Math.Min(pause * 2, 50);
            if (items[0].Returned != PollEvents.None)
            {
                Drain();
                pause = 1;
            }
        }

        Drain();
        return true;
    }

    private void Drain()
    {
        // Bounded: a command that writes without end must not keep us from looking at the clock.
        for (int i = 0; i < 64 && !_outputEnded; i++)
        {
            Span<byte> room = _count < _output.Length ? _output.AsSpan(_count) : _surplus;
            int count = Posix.Read(output, room);
            if (count < 0)
            {
                return;
            }

            _outputEnded = count == 0;
            if (_count < _output.Length)
            {
                _count += count;
            }
        }
    }

    private long Deadline() => System.Environment.TickCount64 + (long)limit.TotalMilliseconds;
}
