using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

/// <summary>Rights asked of access(2).</summary>
[Flags]
public enum AccessMode
{
    Exists = 0,
    Execute = 1,
    Write = 2,
    Read = 4,
}

public static partial class Posix
{
    /// <summary>Asks with the effective identity (AT_EACCESS). A hint for messages only: what counts is the open itself.</summary>
    /// <returns>0, or the error number.</returns>
    public static int TryAccess(string path, AccessMode mode) => FaccessatNative(AtCurrentDirectory, path, (int)mode, 0x200) == 0 ? 0 : Errno.Last;

    [LibraryImport("libc", EntryPoint = "faccessat", SetLastError = true)]
    private static partial int FaccessatNative(int directory, [MarshalUsing(typeof(ByteStringMarshaller))] string path, int mode, int flags);
}
