using Mta.Linux;
using Mta.Text;

namespace Mta.Service.Logging;

/// <summary>
/// The number in a log line's brackets. Analysers key SMTP sessions by it, and one process here serves many
/// sessions, so lines of a numbered session show a number of its own: above every process id, unique among the
/// live sessions of the machine, and equal to the process id modulo <c>kernel.pid_max</c>.
/// </summary>
public static class LogSession
{
    private static readonly AsyncLocal<long> CurrentNumber = new();
    private static readonly Lock SlotLock = new();
    private static readonly SortedSet<int> FreeSlots = [];
    private static int _usedSlots;
    private static long _pidMax;

    /// <summary>The number for the running session's lines; 0 outside of one.</summary>
    public static long Number => CurrentNumber.Value;

    /// <summary>Reads what it needs from /proc, which cannot be seen from every root directory.</summary>
    internal static void Prepare()
    {
        lock (SlotLock)
        {
            _pidMax = ReadPidMax();
        }
    }

    /// <summary>Gives the current asynchronous flow a session number; dispose to end the session.</summary>
    public static Scope Begin()
    {
        int slot;
        lock (SlotLock)
        {
            if (_pidMax == 0)
            {
                _pidMax = ReadPidMax();
            }

            if (FreeSlots.Count > 0)
            {
                slot = FreeSlots.Min;
                FreeSlots.Remove(slot);
            }
            else
            {
                slot = ++_usedSlots;
            }
        }

        CurrentNumber.Value = (slot * _pidMax) + Environment.ProcessId;
        return new Scope(slot);
    }

    private static long ReadPidMax()
    {
        const long most = 4_194_304;
        try
        {
            using FileHandle file = Posix.Open("/proc/sys/kernel/pid_max", OpenFlags.ReadOnly);
            Span<byte> text = stackalloc byte[32];
            int count = Posix.Read(file, text);
            return long.TryParse(ByteString.FromBytes(text[..Math.Max(0, count)]).Trim(), out long value) && value > 0 ? value : most;
        }
        catch (LinuxException)
        {
            return most;
        }
    }

    /// <summary>A session number in use.</summary>
    public readonly struct Scope : IDisposable
    {
        private readonly int _slot;

        internal Scope(int slot) => _slot = slot;

        public void Dispose()
        {
            CurrentNumber.Value = 0;
            lock (SlotLock)
            {
                FreeSlots.Add(_slot);
            }
        }
    }
}
