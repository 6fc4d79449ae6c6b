using System.Net.Sockets;

namespace Mta.Fuzz;

/// <summary>A server that says everything at once to whoever connects, whatever it is asked, and then only listens.</summary>
internal sealed class TalkingServer : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mta-fuzz-").FullName;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public TalkingServer()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(Path));
        File.SetUnixFileMode(Path, (UnixFileMode)0x1B6);
        _listener.Listen(100);
        new Thread(Serve) { IsBackground = true }.Start();
    }

    public string Path => System.IO.Path.Combine(_directory, "socket");

    public byte[] Says { get; set; } = [];

    public void Dispose()
    {
        _listener.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private void Serve()
    {
        byte[] heard = new byte[8192];
        while (true)
        {
            try
            {
                using Socket client = _listener.Accept();
                client.Send(Says);
                client.Shutdown(SocketShutdown.Send);
                while (client.Receive(heard) > 0)
                {
                }
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted)
            {
                // The client had enough.
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
