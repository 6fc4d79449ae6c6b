using System.Net;
using System.Net.Sockets;

namespace Mta.EndToEnd;

internal static class Ports
{
    private static readonly HashSet<int> Given = [];

    /// <summary>A TCP port of 127.0.0.1 that nobody uses now, and that no other test of this process was given.</summary>
    public static int Free()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            int port = ((IPEndPoint)listener.LocalEndpoint).Port;
            lock (Given)
            {
                if (Given.Add(port))
                {
                    return port;
                }
            }
        }
    }
}
