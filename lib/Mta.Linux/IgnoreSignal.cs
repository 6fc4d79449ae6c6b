using System.Runtime.InteropServices;

namespace Mta.Linux;

public static partial class Posix
{
    /// <summary>Makes this process and the programs it starts ignore a signal that the runtime itself does not use.</summary>
    public static void IgnoreSignal(int signal) => SignalNative(signal, 1);

    /// <summary>Gives a signal its default action.</summary>
    public static void DefaultSignal(int signal) => SignalNative(signal, 0);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SignalNative(int signal, nint handler);
}
