using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

// What a process has one of: mask, directory, root, session.
public static partial class Posix
{
    /// <returns>The mask that was in force.</returns>
    public static int Umask(int mask) => (int)UmaskNative((uint)mask);

    /// <exception cref="LinuxException">chdir failed.</exception>
    public static void Chdir(string path)
    {
        int errno = TryChdir(path);
        if (errno != 0)
        {
            throw new LinuxException(errno, "chdir", path);
        }
    }

    /// <returns>0, or the error number.</returns>
    public static int TryChdir(string path) => ChdirNative(path) == 0 ? 0 : Errno.Last;

    /// <summary>Makes a directory this process's root and enters it.</summary>
    /// <exception cref="LinuxException">chroot or chdir failed.</exception>
    public static void Chroot(string path)
    {
        if (ChrootNative(path) != 0)
        {
            throw new LinuxException(Errno.Last, "chroot", path);
        }

        Chdir("/");
    }

    /// <summary>Begins a new session and process group without a terminal.</summary>
    /// <returns>0, or the error number (EPERM: already a group leader).</returns>
    public static int TrySetsid() => SetsidNative() >= 0 ? 0 : Errno.Last;

    /// <returns>0, or the error number.</returns>
    public static int TrySetProcessGroup(int process, int group) => SetpgidNative(process, group) == 0 ? 0 : Errno.Last;

    public static int ProcessGroup() => GetpgrpNative();

    public static int ProcessId() => GetpidNative();

    /// <summary>Whether the descriptor is a terminal.</summary>
    public static bool IsTerminal(int descriptor) => IsattyNative(descriptor) == 1;

    /// <exception cref="LinuxException">gethostname failed.</exception>
    public static unsafe string HostName()
    {
        byte* buffer = stackalloc byte[256];
        if (GethostnameNative(buffer, 255) != 0)
        {
            throw new LinuxException(Errno.Last, "gethostname");
        }

        buffer[255] = 0;
        return NativeText.FromPointer(buffer);
    }

    /// <summary>A variable of the environment as this process was started with, byte for byte; null when not there.</summary>
    public static unsafe string? EnvironmentVariable(string name)
    {
        byte* value = GetenvNative(name);
        return value == null ? null : NativeText.FromPointer(value);
    }

    /// <summary>The whole environment, <c>NAME=value</c> byte strings.</summary>
    public static unsafe IReadOnlyList<string> Environment()
    {
        var all = new List<string>();
        nint library = NativeLibrary.GetMainProgramHandle();
        byte*** environ = (byte***)NativeLibrary.GetExport(library, "environ");
        for (byte** entry = *environ; entry != null && *entry != null; entry++)
        {
            all.Add(NativeText.FromPointer(*entry));
        }

        return all;
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint UmaskNative(uint mask);

    [LibraryImport("libc", EntryPoint = "chdir", SetLastError = true)]
    private static partial int ChdirNative([MarshalUsing(typeof(ByteStringMarshaller))] string path);

    [LibraryImport("libc", EntryPoint = "chroot", SetLastError = true)]
    private static partial int ChrootNative([MarshalUsing(typeof(ByteStringMarshaller))] string path);

    [LibraryImport("libc", EntryPoint = "setsid", SetLastError = true)]
    private static partial int SetsidNative();

    [LibraryImport("libc", EntryPoint = "setpgid", SetLastError = true)]
    private static partial int SetpgidNative(int process, int group);

    [LibraryImport("libc", EntryPoint = "getpgrp")]
    private static partial int GetpgrpNative();

    [LibraryImport("libc", EntryPoint = "getpid")]
    private static partial int GetpidNative();

    [LibraryImport("libc", EntryPoint = "isatty")]
    private static partial int IsattyNative(int descriptor);

    [LibraryImport("libc", EntryPoint = "gethostname", SetLastError = true)]
    private static unsafe partial int GethostnameNative(byte* buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "getenv")]
    private static unsafe partial byte* GetenvNative([MarshalUsing(typeof(ByteStringMarshaller))] string name);
}
