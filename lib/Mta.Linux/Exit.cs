using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Mta.Linux;

public static partial class Posix
{
    /// <summary>Ends the process at once: no finalizers, no hooks of the runtime, nothing flushed.</summary>
    [DoesNotReturn]
    public static void Exit(int code)
    {
        ExitNative(code);
        throw new InvalidOperationException("_exit returned");
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitNative(int code);
}
