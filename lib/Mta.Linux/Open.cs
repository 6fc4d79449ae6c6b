using System.Runtime.InteropServices.Marshalling;
using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>Flags of open(2); close-on-exec is always added.</summary>
[Flags]
public enum OpenFlags
{
    ReadOnly = 0,
    WriteOnly = 1,
    ReadWrite = 2,
    Create = 0x40,
    Exclusive = 0x80,
    Truncate = 0x200,
    Append = 0x400,
    NonBlocking = 0x800,

    /// <summary>ENOTDIR unless the path is a directory.</summary>
    Directory = 0x10000,

    /// <summary>ELOOP when the last component is a symbolic link.</summary>
    NoFollow = 0x20000,
}

public static partial class Posix
{
    private const int CloseOnExec = 0x80000;

    /// <param name="mode">Permission bits of a created file, less the umask.</param>
    /// <exception cref="LinuxException">open failed.</exception>
    public static FileHandle Open(string path, OpenFlags flags, int mode = 0)
    {
        int errno = TryOpen(path, flags, mode, out FileHandle file);
        return errno == 0 ? file : throw new LinuxException(errno, "open", path);
    }

    /// <returns>0, or the error number.</returns>
    public static int TryOpen(string path, OpenFlags flags, int mode, out FileHandle file)
    {
        while (true)
        {
            int descriptor = OpenNative(path, NativeFlags(flags), (uint)mode);
            if (descriptor >= 0)
            {
                file = new FileHandle(descriptor);
                return 0;
            }

            if (Errno.Last != Errno.EINTR)
            {
                int errno = Errno.Last;
                file = new FileHandle();
                return Refusals.Note(errno, (flags & (OpenFlags.WriteOnly | OpenFlags.ReadWrite | OpenFlags.Create)) != 0 ? "write" : "read", path);
            }
        }
    }

    // O_DIRECTORY and O_NOFOLLOW have other values on arm64 than on x64.
    private static int NativeFlags(OpenFlags flags)
    {
        int native = (int)(flags & ~(OpenFlags.Directory | OpenFlags.NoFollow)) | CloseOnExec;
        bool arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
        if (flags.HasFlag(OpenFlags.Directory))
        {
            native |= arm ? 0x4000 : 0x10000;
        }

        if (flags.HasFlag(OpenFlags.NoFollow))
        {
            native |= arm ? 0x8000 : 0x20000;
        }

        return native;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static partial int OpenNative([MarshalUsing(typeof(ByteStringMarshaller))] string path, int flags, uint mode);
}
