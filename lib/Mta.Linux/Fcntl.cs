using System.Runtime.InteropServices;

namespace Mta.Linux;

public static partial class Posix
{
    private const int GetDescriptorFlags = 1;
    private const int SetDescriptorFlags = 2;
    private const int GetStatusFlags = 3;
    private const int SetStatusFlags = 4;

    /// <summary>Whether the number is an open descriptor.</summary>
    public static bool IsOpen(int descriptor) => FcntlNative(descriptor, GetDescriptorFlags, 0) >= 0;

    /// <summary>Keeps a descriptor from (or lets it pass to) programs that this process starts.</summary>
    /// <exception cref="LinuxException">The descriptor is not open.</exception>
    public static void SetCloseOnExec(int descriptor, bool on = true)
    {
        if (FcntlNative(descriptor, SetDescriptorFlags, on ? 1 : 0) < 0)
        {
            throw new LinuxException(Errno.Last, "fcntl");
        }
    }

    /// <exception cref="LinuxException">The descriptor is not open.</exception>
    public static void SetNonBlocking(int descriptor, bool on = true)
    {
        int flags = FcntlNative(descriptor, GetStatusFlags, 0);
        int wanted = on ? flags | 0x800 : flags & ~0x800;
        if (flags < 0 || (wanted != flags && FcntlNative(descriptor, SetStatusFlags, wanted) < 0))
        {
            throw new LinuxException(Errno.Last, "fcntl");
        }
    }

    // fcntl is variadic; on x64 and on arm64 Linux an int argument travels as for a fixed one.
    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FcntlNative(int descriptor, int command, nint argument);
}
