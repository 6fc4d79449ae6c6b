namespace Mta.Linux;

// Messages with an optional descriptor between a parent and its worker: SOCK_SEQPACKET keeps their borders, and any
// number of threads may send and receive on one end.
public static partial class Posix
{
    private const int SequencedPacket = 5;

    /// <summary>Two connected Unix sockets that keep message borders, close-on-exec, blocking.</summary>
    /// <exception cref="LinuxException">socketpair failed.</exception>
    public static unsafe (FileHandle First, FileHandle Second) SequencedSocketPair()
    {
        int* ends = stackalloc int[2];
        if (SocketpairNative(SocketNumbers.FamilyUnix, SequencedPacket | SocketNumbers.CloseOnExec, 0, ends) != 0)
        {
            throw new LinuxException(Errno.Last, "socketpair");
        }

        return (new FileHandle(ends[0]), new FileHandle(ends[1]));
    }

    /// <summary>Sends one message, with a descriptor when one is given.</summary>
    /// <returns>0, or the error number (EPIPE: the peer is gone; EMSGSIZE: longer than the socket's buffer).</returns>
    public static unsafe int TrySendMessage(FileHandle socket, ReadOnlySpan<byte> bytes, FileHandle? descriptor)
    {
        byte* control = stackalloc byte[24];
        bool held = false;
        try
        {
            fixed (byte* data = bytes)
            {
                var vector = new NativeVector { Base = data, Length = (nuint)bytes.Length };
                var message = new NativeMessage { Vectors = &vector, VectorCount = 1 };
                if (descriptor is not null)
                {
                    descriptor.DangerousAddRef(ref held);
                    *(nuint*)control = OneDescriptorControl;
                    *(int*)(control + 8) = SocketNumbers.LevelSocket;
                    *(int*)(control + 12) = 1;
                    *(int*)(control + 16) = descriptor.Descriptor;
                    message.Control = control;
                    message.ControlLength = 24;
                }

                while (SendmsgNative(socket, &message, SocketNumbers.NoSignal) < 0)
                {
                    if (Errno.Last != Errno.EINTR)
                    {
                        return Errno.Last;
                    }
                }

                return 0;
            }
        }
        finally
        {
            if (held)
            {
                descriptor!.DangerousRelease(); // held says that there is one
            }
        }
    }

    /// <summary>Waits for one message.</summary>
    /// <param name="length">Bytes received; 0 when the peer is gone.</param>
    /// <param name="descriptor">The descriptor that came along, close-on-exec and owned by the caller; else null.</param>
    /// <returns>0, or the error number; EMSGSIZE when the message did not fit into the buffer.</returns>
    public static unsafe int TryReceiveMessage(FileHandle socket, Span<byte> buffer, out int length, out FileHandle? descriptor)
    {
        const int Truncated = 0x20;
        byte* control = stackalloc byte[24];
        length = 0;
        descriptor = null;
        fixed (byte* data = buffer)
        {
            var vector = new NativeVector { Base = data, Length = (nuint)buffer.Length };
            var message = new NativeMessage { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = OneDescriptorControl };
            nint count;
            while ((count = RecvmsgNative(socket, &message, SocketNumbers.ReceiveCloseOnExec)) < 0)
            {
                if (Errno.Last != Errno.EINTR)
                {
                    return Errno.Last;
                }
            }

            if (message.ControlLength >= OneDescriptorControl && *(nuint*)control == OneDescriptorControl
                && *(int*)(control + 8) == SocketNumbers.LevelSocket && *(int*)(control + 12) == 1)
            {
                descriptor = new FileHandle(*(int*)(control + 16));
            }

            if ((message.Flags & (Truncated | SocketNumbers.ControlTruncated)) != 0)
            {
                descriptor?.Dispose();
                descriptor = null;
                return Errno.EMSGSIZE;
            }

            length = (int)count;
            return 0;
        }
    }
}
