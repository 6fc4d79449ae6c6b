using System.Net.Sockets;
using Mta.Mail.Protocols;
using Mta.Text;

namespace Mta.Mail.Tests.Protocols;

/// <summary>The client beside a scripted server on a private socket.</summary>
public sealed class RewriteClientTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mta-rewrite-").FullName;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new(TimeSpan.FromSeconds(20));
    private int _connections;
    private int _requests;

    private string SocketPath => Path.Combine(_directory, "rewrite");

    [Fact]
    public async Task Answers_are_remembered_and_connections_reused()
    {
        Serve(perConnection: int.MaxValue, reconnect: false);
        using RewriteClient client = new(SocketPath);
        Assert.Equal("a@x", await client.RewriteAsync(RewriteContext.Local, "a", _stop.Token));
        Assert.Equal("a@x", await client.RewriteAsync(RewriteContext.Local, "a", _stop.Token));
        Assert.Equal("b@x", await client.RewriteAsync(RewriteContext.Local, "b", _stop.Token));
        ResolveReply reply = await client.ResolveAsync("s", "r@d", _stop.Token);
        Assert.Equal(("smtp", "d", "r@d", ResolveFlags.ClassDefault), (reply.Transport, reply.NextHop, reply.Recipient, reply.Flags));
        Assert.Equal((1, 3), (_connections, _requests));
    }

    [Fact]
    public async Task The_null_address_is_not_asked_for()
    {
        using RewriteClient client = new(SocketPath);
        Assert.Equal("", await client.RewriteInternalAsync(RewriteContext.Local, "", _stop.Token));
    }

    [Fact]
    public async Task Internal_addresses_are_quoted_on_the_way_out_and_unquoted_on_the_way_back()
    {
        Serve(perConnection: int.MaxValue, reconnect: false);
        using RewriteClient client = new(SocketPath);
        Assert.Equal("a b@x", await client.RewriteInternalAsync(RewriteContext.Local, "a b", _stop.Token));
    }

    [Fact]
    public async Task A_server_that_went_away_is_asked_again_at_once()
    {
        Serve(perConnection: 1, reconnect: false);
        using RewriteClient client = new(SocketPath) { RetryPause = TimeSpan.FromDays(1) };
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal($"u{i}@x", await client.RewriteAsync(RewriteContext.Local, $"u{i}", _stop.Token));
        }

        Assert.Equal(5, _connections);
    }

    [Fact]
    public async Task A_server_that_asks_for_it_is_left()
    {
        Serve(perConnection: int.MaxValue, reconnect: true);
        using RewriteClient client = new(SocketPath);
        await client.RewriteAsync(RewriteContext.Local, "a", _stop.Token);
        await client.RewriteAsync(RewriteContext.Local, "b", _stop.Token);
        Assert.Equal(2, _connections);
    }

    [Fact]
    public async Task Many_sessions_share_the_client()
    {
        Serve(perConnection: int.MaxValue, reconnect: false);
        using RewriteClient client = new(SocketPath);
        await Parallel.ForEachAsync(Enumerable.Range(0, 500), _stop.Token, async (i, stop) =>
            Assert.Equal($"u{i}@x", await client.RewriteAsync(RewriteContext.Local, $"u{i}", stop)));
    }

    [Fact]
    public async Task A_call_waits_for_a_service_that_is_not_there_yet()
    {
        using RewriteClient client = new(SocketPath) { RetryPause = TimeSpan.FromMilliseconds(1) };
        Task<string> call = client.RewriteAsync(RewriteContext.Local, "a", _stop.Token).AsTask();
        await Task.Yield();
        Serve(perConnection: int.MaxValue, reconnect: false);
        Assert.Equal("a@x", await call);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private void Serve(int perConnection, bool reconnect)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        _listener.Listen();
        _ = AcceptAsync(perConnection, reconnect);
    }

    private async Task AcceptAsync(int perConnection, bool reconnect)
    {
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                _ = AnswerAsync(client, perConnection, reconnect);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(Socket socket, int count, bool reconnect)
    {
        using NetworkStream stream = new(socket, ownsSocket: true);
        using BufferedInput input = new(stream);
        using BufferedOutput output = new(stream);
        AttributeReader reader = new(input);
        AttributeWriter writer = new(output);
        Announcement.Write(writer, RewriteProtocol.Name);
        await output.FlushAsync();
        try
        {
            for (; count > 0 && await reader.ReadListAsync(_stop.Token); count--)
            {
                Interlocked.Increment(ref _requests);
                RewriteRequest request = RewriteProtocol.TakeRequest(reader);
                if (request.Verb == RewriteVerb.Resolve)
                {
                    RewriteProtocol.WriteResolveReply(writer, reconnect, new ResolveReply("smtp", "d", request.Address, ResolveFlags.ClassDefault));
                }
                else
                {
                    RewriteProtocol.WriteRewriteReply(writer, reconnect, request.Address + "@x");
                }

                await output.FlushAsync();
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The test is over.
        }
    }
}
