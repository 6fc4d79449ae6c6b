using System.Net;
using Mta.Config;
using Mta.Linux;

namespace Mta.Master;

/// <summary>Makes the descriptors a service listens on. All are non-blocking and close-on-exec.</summary>
internal static class Listeners
{
    /// <param name="backlog">Connections that may wait for a process.</param>
    /// <param name="window">Of Internet sockets (<c>tcp_windowsize</c>); 0 leaves it to the system.</param>
    /// <exception cref="LinuxException">One could not be made; none is left open then.</exception>
    public static List<FileHandle> Open(Endpoint endpoint, int backlog, Owner owner, int window = 0)
    {
        var listeners = new List<FileHandle>();
        try
        {
            switch (endpoint.Type)
            {
                case ServiceType.Inet:
                    foreach (IPEndPoint address in endpoint.Addresses)
                    {
                        listeners.Add(InetSocket.Listen(address, backlog, window));
                    }

                    break;
                case ServiceType.Unix or ServiceType.Pass:
                    listeners.Add(owner.Run(() => UnixSocket.Listen(endpoint.Identity, backlog)));
                    break;
                case ServiceType.UnixDatagram:
                    listeners.Add(owner.Run(() => UnixSocket.BindDatagram(endpoint.Identity)));
                    break;
                case ServiceType.Fifo:
                    listeners.Add(owner.Run(() => OpenFifo(endpoint.Identity)));
                    break;
            }

            return listeners;
        }
        catch (LinuxException)
        {
            listeners.ForEach(l => l.Dispose());
            throw;
        }
    }

    // Open for both directions, so that it never shows end of file between two writers.
    private static FileHandle OpenFifo(string path)
    {
        const int mode = 0x192; // 0622
        int errno = Posix.TryMkfifo(path, mode);
        if (errno is not (0 or Errno.EEXIST))
        {
            throw new LinuxException(errno, "mkfifo", path);
        }

        FileHandle fifo = Posix.Open(path, OpenFlags.ReadWrite | OpenFlags.NonBlocking | OpenFlags.NoFollow);
        FileStatus status = Posix.Fstat(fifo);
        if (!status.IsFifo)
        {
            fifo.Dispose();
            throw new LinuxException(Errno.EEXIST, "mkfifo", path);
        }

        if (status.Permissions != mode)
        {
            Posix.Fchmod(fifo, mode);
        }

        return fifo;
    }
}
