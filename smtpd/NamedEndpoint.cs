using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mta.Linux;
using Mta.Text;

namespace Mta.Smtpd;

/// <summary>
/// Where another program listens: <c>inet:host:port</c>, <c>host:port</c>, <c>unix:path</c> (below the queue
/// directory). A port's name is looked up at start, since the file of names may lie outside the final root.
/// </summary>
/// <param name="Text">As the administrator wrote it, without the type: what the log calls it.</param>
internal sealed record NamedEndpoint(string Text, StreamEndpoint Place)
{
    /// <param name="hostIsOptional">A port alone means this host (<c>smtpd_proxy_filter = 10025</c>).</param>
    /// <exception cref="FatalException">It names no place.</exception>
    public static NamedEndpoint Parse(string text, bool hostIsOptional = false)
    {
        if (text.StartsWith("unix:", StringComparison.Ordinal) || text.StartsWith("local:", StringComparison.Ordinal))
        {
            string path = text[(text.IndexOf(':') + 1)..];
            return new NamedEndpoint(path, new StreamEndpoint(path, "", ""));
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

        return new NamedEndpoint(rest, new StreamEndpoint("", host, port.ToString(CultureInfo.InvariantCulture)));
    }
}
