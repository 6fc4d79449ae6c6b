using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mta.Linux;

namespace Mta.Tables.Clients;

/// <summary>Where a server listens: <c>inet:host:port</c> or <c>unix:path</c>.</summary>
internal sealed record ServerAddress(string Path, string Host, string Port)
{
    public bool IsLocal => Path.Length > 0;

    /// <summary>Reads an address; without a word before the first colon it is an Internet one.</summary>
    public static bool TryParse(string text, string defaultPort, out ServerAddress address)
    {
        address = new ServerAddress("", "", "");
        if (text.StartsWith("unix:", StringComparison.Ordinal))
        {
            address = new ServerAddress(text["unix:".Length..], "", "");
            return address.Path.Length > 0;
        }

        return TryParseInet(text.StartsWith("inet:", StringComparison.Ordinal) ? text["inet:".Length..] : text, defaultPort, out address);
    }

    /// <summary>Reads <c>host:port</c>, <c>[address]:port</c> or, where there is a default port, a host alone.</summary>
    public static bool TryParseInet(string text, string defaultPort, out ServerAddress address)
    {
        address = new ServerAddress("", "", "");
        string host;
        string port = defaultPort;
        if (text.StartsWith('['))
        {
            int end = text.IndexOf(']', StringComparison.Ordinal);
            if (end < 0)
            {
                return false;
            }

            host = text[1..end];
            if (end + 1 < text.Length)
            {
                if (text[end + 1] != ':')
                {
                    return false;
                }

                port = text[(end + 2)..];
            }
        }
        else
        {
            int colon = text.LastIndexOf(':');
            host = colon < 0 ? text : text[..colon];
            port = colon < 0 ? defaultPort : text[(colon + 1)..];
        }

        address = new ServerAddress("", host, port);
        return host.Length > 0 && port.Length > 0;
    }

    /// <summary>Connects to the first address that answers.</summary>
    /// <exception cref="IOException">None did.</exception>
    /// <exception cref="TimeoutException">Not in time.</exception>
    public async ValueTask<SocketStream> ConnectAsync(TimeSpan timeout, CancellationToken stop)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(timeout);
        try
        {
            return IsLocal ? await UnixSocket.ConnectAsync(Path, limit.Token) : await ConnectInetAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new TimeoutException(Errno.Text(110)); // ETIMEDOUT
        }
    }

    public override string ToString() => IsLocal ? $"unix:{Path}" : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    private async ValueTask<SocketStream> ConnectInetAsync(CancellationToken stop)
    {
        // The name service blocks, so it is asked on a thread of the pool; addresses need no asking.
        int code = Posix.TryGetAddresses(Host, Port, AddressFamily.Unspecified, numericOnly: true, out List<IPEndPoint> addresses);
        if (code != 0)
        {
            (code, addresses) = await Task.Run(
                () =>
                {
                    int result = Posix.TryGetAddresses(Host, Port, AddressFamily.Unspecified, numericOnly: false, out List<IPEndPoint> found);
                    return (result, found);
                },
                CancellationToken.None).WaitAsync(stop);
        }

        if (code != 0)
        {
            throw new IOException($"host or service {Host}:{Port} not found: {NameLookup.Text(code)}");
        }

        return await SocketStream.ConnectToFirstAsync(addresses, none: "no address", stop);
    }
}
