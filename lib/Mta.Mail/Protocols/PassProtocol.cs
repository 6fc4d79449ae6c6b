using Mta.Linux;
using Mta.Text;

namespace Mta.Mail.Protocols;

/// <summary>Both ends of a connection that was handed over; null where the sender did not say.</summary>
public readonly record struct PassedEnds(SocketName? Client, SocketName? Server);

/// <summary>
/// Handing a client over to a service of type <c>pass</c>: its descriptor, then a list with the addresses of both ends,
/// then the end of the stream. No announcement, no answer.
/// </summary>
public static class PassProtocol
{
    private const int MaxLength = 4096;

    /// <summary>Connects and hands a descriptor over. The caller keeps its own copy and closes it.</summary>
    /// <param name="path">For example <c>private/smtpd</c>.</param>
    /// <exception cref="LinuxException">Nobody took it.</exception>
    public static async ValueTask SendAsync(string path, System.Runtime.InteropServices.SafeHandle descriptor, SocketName client, SocketName server, TimeSpan timeout, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(timeout);
        using SocketStream stream = await UnixSocket.ConnectAsync(path, limit.Token);
        int errno = Posix.TrySendDescriptor(stream.Handle, descriptor);
        if (errno != 0)
        {
            throw new LinuxException(errno, "sendmsg", path);
        }

        using var output = new BufferedOutput(stream) { Timeout = timeout };
        new AttributeWriter(output)
            .String("client_address"u8, client.Address)
            .String("client_port"u8, client.Port.ToString())
            .String("server_address"u8, server.Address)
            .String("server_port"u8, server.Port.ToString())
            .End();
        await output.FlushAsync(stop);
    }

    /// <summary>Reads what follows the descriptor. Unknown attributes are passed over, and the braces of a table.</summary>
    /// <exception cref="AttributeFormatException">It is malformed, or too long.</exception>
    public static async ValueTask<PassedEnds> ReadEndsAsync(BufferedInput input, CancellationToken stop)
    {
        while (!EndsList(input.Available) && await input.FillAsync(stop))
        {
            if (input.Available.Length > MaxLength)
            {
                throw new AttributeFormatException("passed client: attributes too long");
            }
        }

        string[] words = ByteString.FromBytes(input.Available).Split('\0');
        string clientAddress = "";
        string clientPort = "";
        string serverAddress = "";
        string serverPort = "";
        for (int i = 0; i < words.Length; i++)
        {
            if (words[i] is "" or "{" or "}")
            {
                continue;
            }

            string value = i + 1 < words.Length ? words[i + 1] : throw new AttributeFormatException("passed client: attribute without value");
            switch (words[i++])
            {
                case "client_address":
                    clientAddress = value;
                    break;
                case "client_port":
                    clientPort = value;
                    break;
                case "server_address":
                    serverAddress = value;
                    break;
                case "server_port":
                    serverPort = value;
                    break;
            }
        }

        return new PassedEnds(End(clientAddress, clientPort), End(serverAddress, serverPort));
    }

    private static bool EndsList(ReadOnlySpan<byte> list) =>
        list.Length > 0 && (list.Length == 1 ? list[0] == 0 : list[^1] == 0 && list[^2] == 0);

    private static SocketName? End(string address, string port)
    {
        if (address.Length == 0)
        {
            return null;
        }

        bool isSix = Addresses.DomainSyntax.IsValidIPv6(address);
        return (isSix || Addresses.DomainSyntax.IsValidIPv4(address)) && ushort.TryParse(port, out ushort number)
            ? new SocketName(isSix ? SocketName.Inet6 : SocketName.Inet, address, number)
            : throw new AttributeFormatException("passed client: bad address");
    }
}
