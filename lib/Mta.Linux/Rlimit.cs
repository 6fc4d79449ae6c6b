using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>Resources of getrlimit(2); the numbers are Linux's on x64 and arm64.</summary>
public enum ResourceLimit
{
    CpuSeconds = 0,
    FileSize = 1,
    CoreSize = 4,
    OpenFiles = 7,
    AddressSpace = 9,
}

public static partial class Posix
{
    /// <summary>No limit (RLIM_INFINITY).</summary>
    public const ulong Unlimited = ulong.MaxValue;

    /// <exception cref="LinuxException">getrlimit failed.</exception>
    public static unsafe (ulong Soft, ulong Hard) GetLimit(ResourceLimit resource)
    {
        ulong* limits = stackalloc ulong[2];
        return GetrlimitNative((int)resource, limits) == 0 ? (limits[0], limits[1]) : throw new LinuxException(Errno.Last, "getrlimit");
    }

    /// <exception cref="LinuxException">setrlimit failed.</exception>
    public static unsafe void SetLimit(ResourceLimit resource, ulong soft, ulong hard)
    {
        ulong* limits = stackalloc ulong[2] { soft, hard };
        if (SetrlimitNative((int)resource, limits) != 0)
        {
            throw new LinuxException(Errno.Last, "setrlimit");
        }
    }

    [LibraryImport("libc", EntryPoint = "getrlimit64", SetLastError = true)]
    private static unsafe partial int GetrlimitNative(int resource, ulong* limits);

    [LibraryImport("libc", EntryPoint = "setrlimit64", SetLastError = true)]
    private static unsafe partial int SetrlimitNative(int resource, ulong* limits);
}
