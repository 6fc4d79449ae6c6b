using System.Net;
using Mta.Config;
using Mta.Linux;
using Mta.Mail.Protocols;

namespace Mta.Master;

/// <summary>
/// Wakes a service the way any client would: connects, writes the wakeup byte and a NUL, and leaves the connection open
/// until the service closes it. Never blocks.
/// </summary>
internal static class Trigger
{
    // A service that does not close the connection by then is not waited for.
    private static readonly TimeSpan LongestConnection = TimeSpan.FromSeconds(100);

    /// <returns>0, or the error number.</returns>
    public static int Send(Service service, PollLoop loop, Owner owner)
    {
        Endpoint endpoint = service.Endpoint;
        switch (endpoint.Type)
        {
            case ServiceType.UnixDatagram:
                return 95; // EOPNOTSUPP
            case ServiceType.Fifo:
                return owner.Run(() => WriteFifo(endpoint.Identity));
            case ServiceType.Inet:
                return Finish(InetSocket.TryConnectNow(Reachable(endpoint.Addresses[0]), out FileHandle inet), inet, loop);
            case ServiceType.Unix:
                return Finish(owner.Run(() => UnixSocket.TryConnectNow(endpoint.Identity, out FileHandle unix) is var errno && errno == 0 ? (0, unix) : (errno, new FileHandle())), loop);
            case ServiceType.Pass:
                return PassPipe(endpoint.Identity, owner);
            default:
                return Errno.EINVAL;
        }
    }

    private static int Finish((int Errno, FileHandle Socket) result, PollLoop loop) => Finish(result.Errno, result.Socket, loop);

    private static int Finish(int errno, FileHandle socket, PollLoop loop)
    {
        if (errno != 0)
        {
            socket.Dispose();
            return errno;
        }

        errno = Posix.TrySend(socket, [MasterProtocol.WakeupTrigger], wait: false, out _);
        errno = errno != 0 ? errno : Posix.TrySend(socket, [0], wait: false, out _);
        if (errno != 0)
        {
            socket.Dispose();
            return errno == Errno.EPIPE ? 0 : errno;
        }

        KeepUntilClosed(socket, loop);
        return 0;
    }

    private static void KeepUntilClosed(FileHandle file, PollLoop loop)
    {
        LoopTimer? timer = null;
        int descriptor = file.Descriptor;
        void Close()
        {
            timer?.Cancel();
            loop.Unwatch(descriptor);
            file.Dispose();
        }

        timer = loop.After(LongestConnection, Close);
        loop.Watch(descriptor, PollEvents.Input, _ => Close());
    }

    private static int PassPipe(string path, Owner owner)
    {
        (int errno, FileHandle socket) = owner.Run(() => UnixSocket.TryConnectNow(path, out FileHandle unix) is var e && e == 0 ? (0, unix) : (e, new FileHandle()));
        using (socket)
        {
            if (errno != 0)
            {
                return errno;
            }

            (FileHandle reader, FileHandle writer) = Posix.Pipe(nonBlocking: true);
            using (reader)
            using (writer)
            {
                errno = Posix.TrySendDescriptor(socket, reader);
                if (errno == 0)
                {
                    Posix.WriteAll(writer, [MasterProtocol.WakeupTrigger, 0]);
                }

                return errno;
            }
        }
    }

    private static int WriteFifo(string path)
    {
        int errno = Posix.TryOpen(path, OpenFlags.WriteOnly | OpenFlags.NonBlocking, 0, out FileHandle fifo);
        using (fifo)
        {
            if (errno == 0)
            {
                Posix.WriteAll(fifo, [MasterProtocol.WakeupTrigger]);
            }

            return errno;
        }
    }

    private static IPEndPoint Reachable(IPEndPoint address) =>
        address.Address.Equals(IPAddress.Any) ? new IPEndPoint(IPAddress.Loopback, address.Port)
        : address.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.IPv6Loopback, address.Port)
        : address;
}
