using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>How a child ended.</summary>
public readonly record struct ChildStatus(int ProcessId, int Raw)
{
    public bool WasKilled => (Raw & 0x7F) != 0;

    /// <summary>The signal that ended it, when <see cref="WasKilled"/>.</summary>
    public int Signal => Raw & 0x7F;

    /// <summary>What it returned, when not <see cref="WasKilled"/>.</summary>
    public int ExitCode => (Raw >> 8) & 0xFF;
}

public static partial class Posix
{
    /// <param name="process">A child, or -1 for any.</param>
    /// <returns>False when no such child has ended yet (<paramref name="wait"/> off), or there is none.</returns>
    /// <exception cref="LinuxException">waitpid failed for another reason than having no child.</exception>
    public static unsafe bool TryWait(int process, bool wait, out ChildStatus status)
    {
        while (true)
        {
            int raw;
            int found = WaitpidNative(process, &raw, wait ? 0 : 1);
            if (found > 0)
            {
                status = new ChildStatus(found, raw);
                return true;
            }

            status = default;
            if (found == 0 || Errno.Last == Errno.ECHILD)
            {
                return false;
            }

            if (Errno.Last != Errno.EINTR)
            {
                throw new LinuxException(Errno.Last, "waitpid");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static unsafe partial int WaitpidNative(int process, int* status, int options);
}
