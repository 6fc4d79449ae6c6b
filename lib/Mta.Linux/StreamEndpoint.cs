using System.Net;
using System.Net.Sockets;

namespace Mta.Linux;

/// <summary>
/// Where a stream service outside the mail system listens: <c>unix:PATH</c> or <c>inet:HOST:PORT</c>. Not sealed: a test
/// may stand for the service without a socket that listens.
/// </summary>
/// <param name="Path">Path of a Unix socket; empty for an internet service.</param>
public record StreamEndpoint(string Path, string Host, string Port)
{
    /// <param name="text"><c>unix:PATH</c>, <c>local:PATH</c>, <c>inet:HOST:PORT</c> or <c>inet6:HOST:PORT</c>; the host may stand in brackets.</param>
    public static bool TryParse(string text, out StreamEndpoint endpoint)
    {
        endpoint = new("", "", "");
        int colon = text.IndexOf(':');
        if (colon < 0)
        {
            return false;
        }

        string rest = text[(colon + 1)..];
        switch (text[..colon])
        {
            case "unix" or "local":
                endpoint = new(rest, "", "");
                return rest.Length > 0;
            case "inet" or "inet6":
                int last = rest.LastIndexOf(':');
                string host = last < 0 ? "localhost" : rest[..last];
                string port = rest[(last + 1)..];
                if (host.Length > 2 && host[0] == '[' && host[^1] == ']')
                {
                    host = host[1..^1];
                }

                endpoint = new("", host.Length == 0 ? "localhost" : host, port);
                return port.Length > 0;
            default:
                return false;
        }
    }

    /// <summary>Connects; every address of a host is tried until the deadline.</summary>
    /// <exception cref="IOException">No connection (a <see cref="LinuxException"/> for a Unix socket).</exception>
    /// <exception cref="TimeoutException">Not in time.</exception>
    public virtual async ValueTask<SocketStream> ConnectAsync(TimeSpan timeout, CancellationToken stop)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timer.CancelAfter(timeout);
        try
        {
            return Path.Length > 0 ? await UnixSocket.ConnectAsync(Path, timer.Token) : await ConnectInetAsync(timer.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new TimeoutException(Errno.Text(Errno.ETIMEDOUT));
        }
        catch (LinuxException error)
        {
            throw new IOException(Errno.Text(error.Errno), error);
        }
    }

    private async ValueTask<SocketStream> ConnectInetAsync(CancellationToken stop)
    {
        List<IPEndPoint> addresses = [];
        if (IPAddress.TryParse(Host, out IPAddress? literal) && ushort.TryParse(Port, out ushort number))
        {
            addresses.Add(new IPEndPoint(literal, number));
        }
        else
        {
            // The lookup blocks, so it has a thread of its own; who gives up leaves it behind.
            int code = await Task.Run(() => Posix.TryGetAddresses(Host, Port, AddressFamily.Unspecified, numericOnly: false, out addresses), stop).WaitAsync(stop);
            if (code != 0)
            {
                throw new IOException(NameLookup.Text(code));
            }
        }

        return await SocketStream.ConnectToFirstAsync(addresses, none: "no address", stop);
    }
}
