using System.Runtime.InteropServices;

namespace Mta.Linux;

public static partial class Posix
{
    private const int FcntlGetDescriptorFlags = 1;
    private const int FcntlSetDescriptorFlags = 2;
    private const int FcntlGetStatusFlags = 3;
    private const int FcntlSetStatusFlags = 4;
    private const int FcntlDuplicateCloseOnExec = 1030;

    /// <exception cref="LinuxException">fcntl failed.</exception>
    public static void SetNonBlocking(SafeHandle file, bool on = true)
    {
        int flags = FcntlNative(file, FcntlGetStatusFlags, 0);
        int wanted = on ? flags | (int)OpenFlags.NonBlocking : flags & ~(int)OpenFlags.NonBlocking;
        if (flags < 0 || (wanted != flags && FcntlNative(file, FcntlSetStatusFlags, wanted) < 0))
        {
            throw new LinuxException(Errno.Last, "fcntl");
        }
    }

    /// <exception cref="LinuxException">fcntl failed.</exception>
    public static void SetCloseOnExec(SafeHandle file, bool on = true)
    {
        if (FcntlNative(file, FcntlSetDescriptorFlags, on ? 1 : 0) < 0)
        {
            throw new LinuxException(Errno.Last, "fcntl");
        }
    }

    /// <summary>Keeps a descriptor from (or lets it pass to) programs that this process starts.</summary>
    /// <exception cref="LinuxException">The descriptor is not open.</exception>
    public static void SetCloseOnExec(int descriptor, bool on = true)
    {
        if (FcntlNative(descriptor, FcntlSetDescriptorFlags, on ? 1 : 0) < 0)
        {
            throw new LinuxException(Errno.Last, "fcntl");
        }
    }

    /// <exception cref="LinuxException">The descriptor is not open.</exception>
    public static void SetNonBlocking(int descriptor, bool on = true)
    {
        using var file = new FileHandle(descriptor, ownsHandle: false);
        SetNonBlocking(file, on);
    }

    /// <summary>Whether a descriptor with this number is open.</summary>
    public static bool IsOpen(int descriptor) => FcntlNative(descriptor, FcntlGetDescriptorFlags, 0) >= 0;

    /// <summary>A second, close-on-exec descriptor of the same open file, numbered <paramref name="minimum"/> or above.</summary>
    /// <exception cref="LinuxException">fcntl failed.</exception>
    public static FileHandle Duplicate(SafeHandle file, int minimum = 3)
    {
        int copy = FcntlNative(file, FcntlDuplicateCloseOnExec, minimum);
        return copy >= 0 ? new FileHandle(copy) : throw new LinuxException(Errno.Last, "fcntl");
    }

    /// <summary>Makes <paramref name="target"/> a second number of the same open file; it survives exec.</summary>
    /// <exception cref="LinuxException">dup2 failed.</exception>
    public static void DuplicateTo(SafeHandle file, int target)
    {
        if (Dup2Native(file, target) < 0)
        {
            throw new LinuxException(Errno.Last, "dup2");
        }
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FcntlNative(SafeHandle file, int command, int argument);

    // fcntl is variadic; on x64 and on arm64 Linux an int argument travels as for a fixed one.
    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FcntlNative(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int Dup2Native(SafeHandle file, int target);
}
