namespace Mta.Mail.Protocols;

/// <summary>What a process started by the master says of itself.</summary>
public enum WorkerState
{
    /// <summary>It takes no further client now: busy, or its share of clients is full.</summary>
    Taken = 0,

    /// <summary>It accepts a client; after <see cref="Taken"/> this also says that a client was served.</summary>
    Available = 1,

    /// <summary>Sent once, before anything else: this process understood <see cref="MasterProtocol.ClientsVariable"/>.</summary>
    SharesClients = 2,

    /// <summary>Sent once by a process that shares clients: it accepts no more, finishes its sessions and exits; another may take its place.</summary>
    Retiring = 3,

    /// <summary>Sent once, after <see cref="SharesClients"/>: this process has taken the whole limit of <see cref="MasterProtocol.LimitVariable"/>, not its part.</summary>
    TakesLimit = 4,
}

/// <summary>
/// One message on the status descriptor: who, which start of it, and its state. Twelve bytes, one write, native byte
/// order.
/// </summary>
public readonly record struct StatusMessage(int ProcessId, uint Generation, WorkerState State)
{
    public const int Size = 12;

    /// <param name="destination">Holds at least <see cref="Size"/> bytes.</param>
    public void WriteTo(Span<byte> destination)
    {
        BitConverter.TryWriteBytes(destination, ProcessId);
        BitConverter.TryWriteBytes(destination[4..], Generation);
        BitConverter.TryWriteBytes(destination[8..], (int)State);
    }

    /// <returns>False when the length is wrong or the state unknown.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out StatusMessage message)
    {
        message = default;
        if (bytes.Length != Size)
        {
            return false;
        }

        int state = BitConverter.ToInt32(bytes[8..]);
        message = new StatusMessage(BitConverter.ToInt32(bytes), BitConverter.ToUInt32(bytes[4..]), (WorkerState)state);
        return state is >= 0 and <= 4;
    }
}

/// <summary>
/// The agreement between the master and the processes it starts: descriptors, environment, status messages. Both sides
/// use this file. See docs/PROTOCOLS.md, "The master and its workers".
/// </summary>
public static class MasterProtocol
{
    /// <summary>Read end of the flow-control pipe, non-blocking.</summary>
    public const int FlowReader = 3;

    /// <summary>Write end of the flow-control pipe, non-blocking.</summary>
    public const int FlowWriter = 4;

    /// <summary>The status channel. It becomes readable (end of file) when the master is gone or lets this generation go.</summary>
    public const int Status = 5;

    /// <summary>The first listening socket; <c>-s N</c> says how many there are, one without it.</summary>
    public const int FirstListener = 6;

    /// <summary>Octal number of this start, repeated in each status message.</summary>
    public const string GenerationVariable = "GENERATION";

    /// <summary>Environment: set when the process was started under rules for files and ports (Landlock).</summary>
    public const string SandboxVariable = "MTA_SANDBOX";

    /// <summary>
    /// How many clients this process may serve at the same time; 0 is unlimited. Absent under a master that gives each
    /// process one client. A skeleton that serves many clients (multi, event, trigger, dgram) ignores it.
    /// </summary>
    public const string ClientsVariable = "MTA_CLIENTS";

    /// <summary>
    /// The whole process limit, of which <see cref="ClientsVariable"/> is this process's part; 0 is unlimited. A process
    /// that counts something else than clients against it may take it whole, and then says so.
    /// </summary>
    public const string LimitVariable = "MTA_LIMIT";

    /// <summary>
    /// Number of a descriptor whose first byte, read with pread at offset 0, is <c>1</c> while the service is under
    /// stress and <c>0</c> while not. Only for services that get a <c>-o stress=</c> argument, which then counts for
    /// processes without this variable alone.
    /// </summary>
    public const string StressVariable = "MTA_STRESS";

    /// <summary>Longest read of one trigger.</summary>
    public const int TriggerLimit = 1024;

    /// <summary>The trigger that the master sends at each wakeup.</summary>
    public const byte WakeupTrigger = (byte)'W';
}
