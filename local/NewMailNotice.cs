using System.Net;
using System.Net.Sockets;
using Mta.Text;

namespace Mta.Local;

/// <summary>Tells the comsat service of this host that a mailbox has new mail, for users who read their terminal.</summary>
internal static class NewMailNotice
{
    private static readonly IPEndPoint Service = new(IPAddress.Loopback, 512);
    private static readonly Lock Lock = new();
    private static Socket? s_socket;

    /// <summary>Sends the datagram. Whether anyone listens does not matter to the delivery.</summary>
    /// <param name="offset">Where in the mailbox the message begins.</param>
    public static void Send(string user, long offset)
    {
        try
        {
            lock (Lock)
            {
                s_socket ??= new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
                s_socket.SendTo(ByteString.ToBytes($"{user}@{offset}\0"), Service);
            }
        }
        catch (SocketException)
        {
        }
    }
}
