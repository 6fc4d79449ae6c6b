using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Tables;

namespace Mta.Config;

/// <summary>The ports of service names: <c>known_tcp_ports</c> first, then the system's list (services(5)).</summary>
public sealed class TcpPorts
{
    private readonly Dictionary<string, int> _known = new(StringComparer.Ordinal);

    /// <exception cref="ConfigurationException">The list is malformed.</exception>
    public TcpPorts(Configuration configuration)
    {
        foreach (string word in TableListSyntax.Split(configuration.Get(GlobalParameters.KnownTcpPorts)))
        {
            // One or more names, then their port: smtps=submissions=465.
            string[] parts = word.Split('=', StringSplitOptions.TrimEntries);
            if (parts.Length < 2 || !int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > 65535)
            {
                throw new ConfigurationException($"bad {GlobalParameters.KnownTcpPorts.Name} entry: {word}");
            }

            foreach (string name in parts[..^1])
            {
                _known[name] = port;
            }
        }
    }

    /// <returns>Null when nobody knows the service.</returns>
    public int? Find(string service) =>
        _known.TryGetValue(service, out int port) ? port
        : Posix.TryGetAddresses(null, service, AddressFamily.InterNetwork, numericOnly: false, out List<IPEndPoint> found) == 0 && found.Count > 0 ? found[0].Port
        : null;
}
