using Mta.Config;
using Mta.Linux;
using Mta.Service;
using Mta.Text;

namespace Mta.Qmqpd;

/// <summary>
/// One client, one message: a netstring that holds the content, the sender and each recipient as netstrings, answered
/// by one that begins with K (taken), Z (try again) or D (refused). See https://cr.yp.to/proto/qmqp.html.
/// </summary>
internal sealed class QmqpSession(QmqpServer server, ClientConnection connection)
{
    private const string LostConnection = "lost connection";
    private const string Timeout = "read/write timeout";
    private const string Error = "Error: ";

    private readonly NetstringReader _netstrings = new(connection.Input);
    private string _client = "";
    private string _stage = "initializing client connection";
    private QmqpMessage? _message;

    public async Task RunAsync(CancellationToken stop)
    {
        SocketName peer = connection.Peer;
        ClientIdentity client = !peer.IsInternet ? ClientIdentity.Local
            : peer.Address.Length == 0 ? ClientIdentity.Gone
            : await server.Names.IdentifyAsync(peer, lookUp: true, stop);
        _client = server.PortLogging ? $"{client.NameAndAddress}:{QmqpMessage.Port(client.Port)}" : client.NameAndAddress;
        connection.Input.Timeout = server.Timeout;
        connection.Output.Timeout = server.Timeout;
        LogLines.Connect(_client);
        try
        {
            await ServeAsync(client, stop);
        }
        catch (TimeoutException)
        {
            LogLines.Ended(QueueIdText, _client, Timeout, _stage);
        }
        catch (IOException)
        {
            LogLines.Ended(QueueIdText, _client, LostConnection, _stage);
        }
        finally
        {
            _message?.Dispose();
            LogLines.Disconnect(_client);
        }
    }

    private string QueueIdText => _message?.Id.Value ?? "NOQUEUE";

    private async Task ServeAsync(ClientIdentity client, CancellationToken stop)
    {
        MatchResult mayUse = await server.MayAsync(client, stop);
        if (mayUse != MatchResult.Yes)
        {
            // A table that could not tell may do so the next time.
            await ReplyAsync(mayUse == MatchResult.No ? 'D' : 'Z', $"{Error}{_client} is not authorized to use this service", stop);
            return;
        }

        _message = await QmqpMessage.OpenAsync(server, client, _client, stop);
        if (_message is null)
        {
            await ReplyAsync('Z', $"{Error}queue file write error", stop);
            return;
        }

        LogLines.NewMessage(_message.Id, _client);
        if (!await ReceiveAsync(_message, stop))
        {
            LogLines.Ended(QueueIdText, _client, _netstrings.Problem, _stage);
            await TryReplyAsync($"{_netstrings.Problem} while {_stage}", stop);
            return;
        }

        (char code, string text) = _message.Refusal is { } refusal ? ('D', refusal) : await _message.FinishAsync(stop);
        if (code != 'K')
        {
            text = Error + text;
            LogLines.Refused(_message.Id, _client, text);
        }

        _stage = "sending completion status";
        await ReplyAsync(code, text, stop);
    }

    // False when the client breaks the protocol. What the outer netstring claims to hold is not compared with what it
    // holds: its comma ends it.
    private async ValueTask<bool> ReceiveAsync(QmqpMessage message, CancellationToken stop)
    {
        _stage = "receiving QMQP packet header";
        if (await _netstrings.ReadLengthAsync(long.MaxValue, stop) < 0)
        {
            return false;
        }

        _stage = "receiving message content";
        connection.Input.Reserve(32 << 10);
        byte[]? content = await _netstrings.ReadAsync(server.MessageSizeLimit > 0 ? server.MessageSizeLimit : long.MaxValue, stop);
        if (content is null)
        {
            return false;
        }

        _stage = "receiving sender address";
        if (await _netstrings.ReadAsync(server.LineLengthLimit, stop) is not { } sender)
        {
            return false;
        }

        message.WriteSender(ByteString.FromBytes(sender));
        _stage = "receiving recipient address";
        while (await _netstrings.PeekAsync(stop) != ',')
        {
            if (await _netstrings.ReadAsync(server.LineLengthLimit, stop) is not { } recipient)
            {
                return false;
            }

            await message.AddRecipientAsync(ByteString.FromBytes(recipient), stop);
        }

        await _netstrings.TakeCommaAsync(stop);
        await message.WriteContentAsync(content, stop);
        return true;
    }

    // Whoever sends such things may be gone; the log has said what he did.
    private async ValueTask TryReplyAsync(string text, CancellationToken stop)
    {
        try
        {
            await ReplyAsync('D', text, stop);
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            return;
        }
    }

    private async ValueTask ReplyAsync(char code, string text, CancellationToken stop)
    {
        if (code != 'K')
        {
            code = server.SoftBounce ? 'Z' : code;
            await Task.Delay(server.ErrorDelay, stop);
        }

        Netstring.Write(connection.Output, code + text);
        await connection.Output.FlushAsync(stop);
    }
}
