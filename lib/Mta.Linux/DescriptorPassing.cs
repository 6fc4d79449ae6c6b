using System.Runtime.InteropServices;

namespace Mta.Linux;

public static partial class Posix
{
    // CMSG_LEN(4): exactly one descriptor fits, so that a peer that sends more cannot leave us any.
    private const int OneDescriptorControl = 20;

    /// <summary>Sends a descriptor with one NUL data byte over a Unix stream socket.</summary>
    /// <returns>0, or the error number (EAGAIN: a non-blocking socket's buffer is full).</returns>
    public static unsafe int TrySendDescriptor(SafeHandle socket, SafeHandle descriptor)
    {
        byte data = 0;
        byte* control = stackalloc byte[24];
        bool held = false;
        try
        {
            descriptor.DangerousAddRef(ref held);
            *(nuint*)control = OneDescriptorControl;
            *(int*)(control + 8) = SocketNumbers.LevelSocket;
            *(int*)(control + 12) = 1;
            *(int*)(control + 16) = (int)descriptor.DangerousGetHandle();
            var vector = new NativeVector { Base = &data, Length = 1 };
            var message = new NativeMessage { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = 24 };
            while (SendmsgNative(socket, &message, SocketNumbers.NoSignal) < 0)
            {
                if (Errno.Last != Errno.EINTR)
                {
                    return Errno.Last;
                }
            }

            return 0;
        }
        finally
        {
            if (held)
            {
                descriptor.DangerousRelease();
            }
        }
    }

    /// <summary>Receives one data byte and the one descriptor with it, which is close-on-exec and owned by the caller.</summary>
    /// <returns>0; or the error number: EAGAIN (nothing there on a non-blocking socket), ENOTCONN (the peer closed), EPROTO (no descriptor, or more than one).</returns>
    public static unsafe int TryReceiveDescriptor(SafeHandle socket, out FileHandle descriptor)
    {
        byte data;
        byte* control = stackalloc byte[24];
        var vector = new NativeVector { Base = &data, Length = 1 };
        var message = new NativeMessage { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = OneDescriptorControl };
        nint count;
        while ((count = RecvmsgNative(socket, &message, SocketNumbers.ReceiveCloseOnExec)) < 0)
        {
            if (Errno.Last != Errno.EINTR)
            {
                descriptor = new FileHandle();
                return Errno.Last;
            }
        }

        bool isOne = message.ControlLength >= OneDescriptorControl && *(nuint*)control == OneDescriptorControl
            && *(int*)(control + 8) == SocketNumbers.LevelSocket && *(int*)(control + 12) == 1;
        descriptor = isOne ? new FileHandle(*(int*)(control + 16)) : new FileHandle();
        if (isOne && (message.Flags & SocketNumbers.ControlTruncated) == 0)
        {
            return 0;
        }

        descriptor.Dispose();
        return count == 0 ? Errno.ENOTCONN : Errno.EPROTO;
    }

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static unsafe partial nint SendmsgNative(SafeHandle socket, NativeMessage* message, int flags);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    private static unsafe partial nint RecvmsgNative(SafeHandle socket, NativeMessage* message, int flags);

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct NativeVector
    {
        public byte* Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct NativeMessage
    {
        public byte* Name;
        public uint NameLength;
        public NativeVector* Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }
}
