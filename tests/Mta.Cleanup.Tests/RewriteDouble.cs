using System.Net.Sockets;
using Mta.Mail.Protocols;
using Mta.Text;

namespace Mta.Cleanup.Tests;

/// <summary>Stands for the rewrite service: gives every address without a domain one.</summary>
internal sealed class RewriteDouble : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public RewriteDouble()
    {
        _listener.Bind(new UnixDomainSocketEndPoint("private/rewrite"));
        _listener.Listen(100);
        _ = AcceptAsync();
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptAsync());
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }

    private static async Task ServeAsync(Socket client)
    {
        try
        {
            await using NetworkStream stream = new(client, ownsSocket: true);
            using BufferedInput input = new(stream);
            using BufferedOutput output = new(stream);
            AttributeReader reader = new(input);
            AttributeWriter writer = new(output);
            Announcement.Write(writer, RewriteProtocol.Name);
            await output.FlushAsync();
            while (await reader.ReadListAsync(default))
            {
                string address = RewriteProtocol.TakeRequest(reader).Address;
                reader.Leave();
                RewriteProtocol.WriteRewriteReply(writer, false, address.Contains('@') ? address : address + "@example.org");
                await output.FlushAsync();
            }
        }
        catch (IOException)
        {
            // The client went away.
        }
    }
}
