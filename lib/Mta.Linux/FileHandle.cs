using Microsoft.Win32.SafeHandles;

namespace Mta.Linux;

/// <summary>
/// An owned file descriptor. Dispose closes and forgets errors; where a close error matters (anything written),
/// call <see cref="Posix.Close"/>, which reports it.
/// </summary>
public sealed class FileHandle : SafeHandleMinusOneIsInvalid
{
    public FileHandle()
        : base(ownsHandle: true)
    {
    }

    public FileHandle(int descriptor, bool ownsHandle = true)
        : base(ownsHandle)
    {
        SetHandle(descriptor);
    }

    /// <summary>The number; valid while the handle is alive and open.</summary>
    public int Descriptor => (int)handle;

    /// <summary>Gives up ownership and returns the number.</summary>
    public int Release()
    {
        int descriptor = Descriptor;
        SetHandleAsInvalid();
        return descriptor;
    }

    protected override bool ReleaseHandle() => Posix.CloseDescriptor((int)handle) == 0;
}
