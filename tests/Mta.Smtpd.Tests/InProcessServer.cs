using System.Net;
using System.Net.Sockets;
using Mta.Config;
using Mta.Dns.Tests;
using Mta.Linux;
using Mta.Service;
using Mta.Tables;

namespace Mta.Smtpd.Tests;

/// <summary>Our server in this process, without a master: sessions over loopback connections, services faked.</summary>
internal sealed class InProcessServer
{
    private static readonly Lazy<FakeServices> Shared = new(static () =>
    {
        // The services are found below the current directory, which is the process's: all tests share them.
        string directory = Directory.CreateTempSubdirectory("smtpd-test-").FullName;
        Environment.CurrentDirectory = directory;
        return new FakeServices(directory);
    });

    // The zone that dialogues about the DNS speak of.
    private static readonly Lazy<FakeDnsServer> Dns = new(static () =>
    {
        var dns = new FakeDnsServer();
        dns.AddMx("good.example.org", 10, "mx.good.example.org");
        dns.Add("mx.good.example.org", 1, 192, 0, 2, 10);
        dns.Add("good.example.org", 2, FakeDnsServer.Wire("ns.good.example.org"));
        dns.Add("ns.good.example.org", 1, 192, 0, 2, 53);
        dns.AddMx("null.example.org", 0, "");
        dns.Add("host.example.org", 1, 192, 0, 2, 20);
        dns.Fail("broken.example.org", 2);
        dns.Add("9.0.0.127.bl.example.org", 1, 127, 0, 0, 2);
        dns.Add("9.0.0.127.bl.example.org", 16, [8, .. "go $away"u8]);
        dns.Add("9.0.0.127.wl.example.org", 1, 127, 0, 5, 4);
        dns.Add("spam.example.org.rhs.example.org", 1, 127, 0, 0, 2);
        return dns;
    });

    private readonly ServiceContext _context;
    private readonly SmtpdServer _server;

    public InProcessServer(IEnumerable<(string Name, string Value)> settings, Func<string, NamedEndpoint>? policyEndpoint = null)
    {
        _ = Shared.Value;
        string text = string.Concat(DialogueSettings.Common.Concat(settings).Select(static pair => $"{pair.Name} = {pair.Value}\n"));
        text += $"dns_forward_address = {Dns.Value.Address}\n";
        Configuration configuration = Configuration.FromText(text, processName: "smtpd", serviceName: "smtp");
        _context = ServiceContext.ForTests(configuration, new TableRegistry(configuration.TableSettings(isDaemon: true, static _ => { }, static _ => { })), "smtp");
        _server = new SmtpdServer(_context, policyEndpoint);
    }

    public static FakeServices Services => Shared.Value;

    /// <summary>A connection to a new session. The task ends with the session.</summary>
    /// <param name="oneByteAtATime">The server reads single bytes, whatever the client sends at once.</param>
    public (Stream Client, Task Session) Connect(string clientAddress = "127.0.0.1", bool oneByteAtATime = false)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.Bind(new IPEndPoint(IPAddress.Parse(clientAddress), 0));
        client.Connect(listener.LocalEndPoint!); // bound above
        Socket accepted = listener.Accept();
        accepted.NoDelay = true;
        var peer = new SocketName(SocketName.Inet, clientAddress, ((IPEndPoint)client.LocalEndPoint!).Port);
        var local = new SocketName(SocketName.Inet, "127.0.0.1", ((IPEndPoint)accepted.LocalEndPoint!).Port);
        Stream stream = new NetworkStream(accepted, ownsSocket: true);
        var connection = new ClientConnection(_context, oneByteAtATime ? new TrickleStream(stream) : stream, peer, local, TimeSpan.FromSeconds(30));
        Task session = RunAsync(connection, stream, oneByteAtATime ? null : accepted);
        return (new NetworkStream(client, ownsSocket: true), session);
    }

    /// <summary>A session with a client that is no other thread.</summary>
    public Task RunAsync(Stream client)
    {
        var connection = new ClientConnection(_context, client, new SocketName(SocketName.Inet, "127.0.0.1", 1025), new SocketName(SocketName.Inet, "127.0.0.1", 25), TimeSpan.FromSeconds(30));
        return RunAsync(connection, client, null);
    }

    private async Task RunAsync(ClientConnection connection, Stream stream, Socket? socket)
    {
        using (connection)
        await using (stream)
        {
            await new SessionLoop(_server, connection) { WaitingInput = socket is null ? null : () => socket.Available }.RunAsync(default);
        }
    }

    private sealed class TrickleStream(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, Math.Min(count, 1));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer[..Math.Min(1, buffer.Length)], cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);
    }
}
