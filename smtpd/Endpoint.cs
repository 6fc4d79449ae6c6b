using System.Net;
using System.Net.Sockets;
using Mta.Linux;
using Mta.Text;

namespace Mta.Smtpd;

/// <summary>
/// Where another program listens: <c>inet:host:port</c>, <c>host:port</c>, <c>unix:path</c> (below the queue
/// directory). A port's name is looked up at start, since the file of names may lie outside the final root. Not sealed: a
/// test may stand for the program without a socket that listens.
/// </summary>
internal class Endpoint
{
    private readonly string? _path;
    private readonly string _host = "";
    private readonly int _port;

    /// <param name="text">What the log calls it.</param>
    /// <param name="path">Its socket.</param>
    protected Endpoint(string text, string path)
    {
        Text = text;
        _path = path;
    }

    private Endpoint(string text, string host, int port)
    {
        Text = text;
        _host = host;
        _port = port;
    }

    /// <summary>As the administrator wrote it, without the type.</summary>
    public string Text { get; }

    /// <param name="hostIsOptional">A port alone means this host (<c>smtpd_proxy_filter = 10025</c>).</param>
    /// <exception cref="FatalException">It names no place.</exception>
    public static Endpoint Parse(string text, bool hostIsOptional = false)
    {
        if (text.StartsWith("unix:", StringComparison.Ordinal) || text.StartsWith("local:", StringComparison.Ordinal))
        {
            string path = text[(text.IndexOf(':') + 1)..];
            return new Endpoint(path, path);
        }

        string rest = text.StartsWith("inet:", StringComparison.Ordinal) ? text["inet:".Length..] : text;
        int colon = rest.LastIndexOf(':');
        if (colon <= 0 && !hostIsOptional)
        {
            throw new FatalException($"invalid transport name: {text}");
        }

        string host = colon <= 0 ? "127.0.0.1" : rest[..colon].Trim('[', ']');
        string service = rest[(colon + 1)..];
        if (!int.TryParse(service, out int port))
        {
            int code = Posix.TryGetAddresses(null, service, AddressFamily.InterNetwork, numericOnly: false, out List<IPEndPoint> found);
            port = code == 0 && found.Count > 0 ? found[0].Port : throw new FatalException($"unknown service: {service}/tcp");
        }

        return new Endpoint(rest, host, port);
    }

    /// <exception cref="IOException">Nobody listens there, or the host has no address.</exception>
    /// <exception cref="TimeoutException">Nobody answered in time.</exception>
    public virtual async ValueTask<SocketStream> ConnectAsync(TimeSpan timeout, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(timeout);
        try
        {
            return _path is not null ? await UnixSocket.ConnectAsync(_path, limit.Token) : await ConnectToHostAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new TimeoutException("Connection timed out");
        }
    }

    private async ValueTask<SocketStream> ConnectToHostAsync(CancellationToken stop) => await SocketStream.ConnectToFirstAsync(
        (await AddressesAsync(stop)).Select(address => new IPEndPoint(address, _port)), none: "host not found", stop);

    private async ValueTask<IReadOnlyList<IPAddress>> AddressesAsync(CancellationToken stop)
    {
        if (IPAddress.TryParse(_host, out IPAddress? literal))
        {
            return [literal];
        }

        string host = _host;
        return await Task.Run(
            () =>
            {
                int code = Posix.TryGetAddresses(host, null, AddressFamily.Unspecified, numericOnly: false, out List<IPEndPoint> found);
                return code == 0 ? found.ConvertAll(static end => end.Address) : throw new IOException(NameLookup.Text(code));
            },
            stop);
    }
}
