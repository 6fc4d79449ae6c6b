using Mta.Mail.Addresses;
using Mta.Mail.Headers;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Service;
using Mta.Text;

namespace Mta.Qmqpd;

/// <summary>
/// A message on its way to cleanup: envelope records in the order of their arrival, a Received: field, the content.
/// Disposing before <see cref="FinishAsync"/> leaves nothing behind.
/// </summary>
internal sealed class QmqpMessage : IDisposable
{
    private const string Protocol = "QMQP";
    private const string VerpMark = "-@[]";

    private readonly QmqpServer _server;
    private readonly ClientIdentity _client;
    private readonly string _clientText;
    private readonly CleanupSession _queue;
    private readonly DateTimeOffset _arrival = DateTimeOffset.UtcNow;
    private long _recipients;
    private string _firstRecipient = "";
    private bool _isBroken;

    private QmqpMessage(QmqpServer server, ClientIdentity client, string clientText, CleanupSession queue)
    {
        _server = server;
        _client = client;
        _clientText = clientText;
        _queue = queue;
        long microseconds = _arrival.ToUnixTimeMilliseconds() % 1000 * 1000;
        RecordWriter.Write(Output, RecordType.Time, $"{_arrival.ToUnixTimeSeconds()} {microseconds}");
        if (server.ContentFilter.Length > 0)
        {
            RecordWriter.Write(Output, RecordType.Filter, server.ContentFilter);
        }
    }

    public QueueId Id => _queue.Id;

    /// <summary>Why the message cannot be taken, whatever else comes; null so far.</summary>
    public string? Refusal { get; private set; }

    private BufferedOutput Output => _queue.Output;

    /// <returns>Null when cleanup cannot be reached; the log says why.</returns>
    public static async ValueTask<QmqpMessage?> OpenAsync(QmqpServer server, ClientIdentity client, string clientText, CancellationToken stop)
    {
        try
        {
            return new QmqpMessage(server, client, clientText, await server.Cleanup.OpenAsync(server.Flags, stop));
        }
        catch (IOException)
        {
            // The client of cleanup has logged each try.
            return null;
        }
    }

    /// <summary>A port as records and log lines have it.</summary>
    public static string Port(int port) => port == 0 ? ClientIdentity.Unknown : port.ToString();

    /// <summary>
    /// Writes the sender and what is known of the client. A sender <c>list-@host-@[]</c> asks for VERP, as qmail's
    /// clients do: its <c>-</c> and <c>=</c> are the delimiters, <c>list@host</c> is the address.
    /// </summary>
    public void WriteSender(string sender)
    {
        string? delimiters = null;
        if (sender.EndsWith(VerpMark, StringComparison.Ordinal))
        {
            int at = sender.IndexOf('@');
            int end = sender.Length - VerpMark.Length;
            if (at > 1 && at + 1 < end)
            {
                (sender, delimiters) = ($"{sender[..(at - 1)]}{sender[at..end]}", $"{sender[at - 1]}=");
            }
        }

        if (delimiters is not null && !delimiters.All(_server.VerpDelimiterFilter.Contains))
        {
            Refusal ??= $"Invalid VERP delimiters: \"{delimiters}\". Need two characters from \"{_server.VerpDelimiterFilter}\"";
        }

        Refusal ??= IsSafe(sender) ? null : "line break or null in the sender address";
        if (Refusal is not null)
        {
            return;
        }

        RecordWriter.Write(Output, RecordType.Sender, sender);
        if (delimiters is not null)
        {
            RecordWriter.Write(Output, RecordType.Verp, delimiters);
        }

        RecordWriter.WriteAttribute(Output, QueueAttribute.LogClientName, _client.Name);
        RecordWriter.WriteAttribute(Output, QueueAttribute.LogClientAddress, _client.TaggedAddress);
        RecordWriter.WriteAttribute(Output, QueueAttribute.LogClientPort, Port(_client.Port));
        RecordWriter.WriteAttribute(Output, QueueAttribute.LogMessageOrigin, _clientText);
        RecordWriter.WriteAttribute(Output, QueueAttribute.LogProtocolName, Protocol);
        RecordWriter.WriteAttribute(Output, QueueAttribute.ClientName, _client.Name);
        RecordWriter.WriteAttribute(Output, QueueAttribute.ClientAddress, _client.Address);
        RecordWriter.WriteAttribute(Output, QueueAttribute.ClientPort, Port(_client.Port));
        RecordWriter.WriteAttribute(Output, QueueAttribute.ClientAddressType, _client.Family);
        RecordWriter.WriteAttribute(Output, QueueAttribute.ProtocolName, Protocol);
    }

    public ValueTask AddRecipientAsync(string recipient, CancellationToken stop)
    {
        Refusal ??= IsSafe(recipient) ? null : "line break or null in a recipient address";
        if (Refusal is not null)
        {
            return ValueTask.CompletedTask;
        }

        _firstRecipient = _recipients++ == 0 ? recipient : _firstRecipient;
        RecordWriter.Write(Output, RecordType.Recipient, recipient);
        return FlushIfFullAsync(stop);
    }

    /// <summary>Writes the trace field (RFC 5321 §4.4), then the content line by line.</summary>
    public async ValueTask WriteContentAsync(ReadOnlyMemory<byte> content, CancellationToken stop)
    {
        if (Refusal is not null)
        {
            return;
        }

        RecordWriter.Write(Output, RecordType.Message);
        WriteReceived();
        bool isTop = true;
        while (!content.IsEmpty && !_isBroken)
        {
            content = content[WriteLine(content.Span, ref isTop)..];
            await FlushIfFullAsync(stop);
        }

        RecordWriter.Write(Output, RecordType.Extracted);
        RecordWriter.Write(Output, RecordType.End);
    }

    /// <summary>Waits for cleanup's word.</summary>
    /// <returns>The letter and the text of the reply.</returns>
    public async ValueTask<(char Code, string Text)> FinishAsync(CancellationToken stop)
    {
        var result = new CleanupResult(CleanupStatus.Write, "");
        if (!_isBroken)
        {
            try
            {
                result = await _queue.FinishAsync(stop);
            }
            catch (IOException)
            {
                // The reply says so, and cleanup's own log why.
            }
        }

        return result.Status == CleanupStatus.Ok ? ('K', $"Ok: queued as {Id}") : ReplyTo(result);
    }

    public void Dispose() => _queue.Dispose();

    /// <summary>The reply for the most important bit of what went wrong.</summary>
    internal static (char Code, string Text) ReplyTo(CleanupResult result) => result.Status switch
    {
        var status when status.HasFlag(CleanupStatus.Defer) => ('Z', result.Reason),
        var status when status.HasFlag(CleanupStatus.Bad) => Internal(status),
        var status when status.HasFlag(CleanupStatus.Size) => ('D', "message too large"),
        var status when status.HasFlag(CleanupStatus.Hops) => ('D', "too many hops"),
        var status when status.HasFlag(CleanupStatus.Content) => (result.Reason.StartsWith('4') ? 'Z' : 'D', result.Reason),
        var status when status.HasFlag(CleanupStatus.Write) => ('Z', "queue file write error"),
        var status when status.HasFlag(CleanupStatus.NoRecipients) => ('D', "no recipients specified"),
        var status => Internal(status),
    };

    private static (char Code, string Text) Internal(CleanupStatus status) => ('Z', $"internal error {(int)status}");

    // No address may forge a line of a log or a header.
    private static bool IsSafe(string address) => address.AsSpan().IndexOfAny('\0', '\r', '\n') < 0;

    private void WriteReceived()
    {
        string date = HeaderDate.Format(_arrival.UtcDateTime);
        RecordWriter.Write(Output, RecordType.Text, $"Received: from {_client.Name} ({_client.Name} [{_client.TaggedAddress}])");
        string by = $"\tby {_server.HostName} ({_server.MailName}) with {Protocol}";
        if (_recipients == 1)
        {
            RecordWriter.Write(Output, RecordType.Text, $"{by} id {Id}");
            RecordWriter.Write(Output, RecordType.Text, $"\tfor <{(_firstRecipient.Length > 0 ? AddressSyntax.ToExternal(_firstRecipient) : "\"\"")}>; {date}");
        }
        else
        {
            RecordWriter.Write(Output, RecordType.Text, by);
            RecordWriter.Write(Output, RecordType.Text, $"\tid {Id}; {date}");
        }
    }

    // Writes one line, whatever its length, and tells how many bytes it takes. What follows the last line end goes as a
    // line that is not ended.
    private int WriteLine(ReadOnlySpan<byte> content, ref bool isTop)
    {
        int end = content.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? content : content[..end];
        if (isTop)
        {
            // What stands at the top must be a header: mailbox separators become one, and white space may not continue
            // the field above.
            if (HeaderSyntax.IsMailboxSeparator(line))
            {
                byte[] header = [.. "X-Mailbox-Line: "u8, .. line];
                WriteLine(header, isEnded: end >= 0);
                return line.Length + (end < 0 ? 0 : 1);
            }

            isTop = false;
            if (HeaderSyntax.IsContinuation(line))
            {
                RecordWriter.Write(Output, RecordType.Text);
            }
        }

        WriteLine(line, isEnded: end >= 0);
        return line.Length + (end < 0 ? 0 : 1);
    }

    private void WriteLine(ReadOnlySpan<byte> line, bool isEnded)
    {
        if (isEnded)
        {
            RecordWriter.WriteText(Output, line, _server.LineLengthLimit);
            return;
        }

        for (; !line.IsEmpty; line = line[Math.Min(line.Length, _server.LineLengthLimit)..])
        {
            RecordWriter.Write(Output, RecordType.ContinuedText, line[..Math.Min(line.Length, _server.LineLengthLimit)]);
        }
    }

    // A cleanup that is gone shows in the reply; what the client sends is read all the same.
    private async ValueTask FlushIfFullAsync(CancellationToken stop)
    {
        try
        {
            if (_isBroken)
            {
                Output.Discard();
                return;
            }

            await _queue.FlushIfFullAsync(stop);
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            _isBroken = true;
        }
    }
}
