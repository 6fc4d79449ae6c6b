using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>Signal numbers, equal on x64 and arm64.</summary>
public static class Signals
{
    public const int SIGHUP = 1;
    public const int SIGINT = 2;
    public const int SIGQUIT = 3;
    public const int SIGKILL = 9;
    public const int SIGPIPE = 13;
    public const int SIGTERM = 15;

    /// <summary>Exceeding RLIMIT_FSIZE: when ignored, write reports EFBIG instead (setrlimit(2)).</summary>
    public const int SIGXFSZ = 25;
}

public static partial class Posix
{
    /// <param name="process">Positive: that process; negative: that process group. 0 and -1 are refused, since they reach further than any caller means.</param>
    /// <param name="signal">0 only asks whether the process exists.</param>
    /// <returns>0, or the error number.</returns>
    public static int TryKill(int process, int signal) =>
        process is 0 or -1 ? Errno.EINVAL : KillNative(process, signal) == 0 ? 0 : Errno.Last;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int KillNative(int process, int signal);
}
