using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

public static partial class Posix
{
    /// <summary>Replaces this process by another program; returns only when that failed.</summary>
    /// <returns>The error number.</returns>
    public static unsafe int TryExecute(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        byte** argumentVector = NativeText.ToVector(arguments);
        byte** environmentVector = NativeText.ToVector(environment);
        ExecveNative(path, argumentVector, environmentVector);
        int errno = Errno.Last;
        NativeMemory.Free(argumentVector);
        NativeMemory.Free(environmentVector);
        return errno;
    }

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true)]
    private static unsafe partial int ExecveNative([MarshalUsing(typeof(ByteStringMarshaller))] string path, byte** arguments, byte** environment);
}
