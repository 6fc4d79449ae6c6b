using Mta.Linux;
using Mta.Text;

namespace Mta.Smtpd.Proxy;

/// <summary>The filter does not answer, or not as it must: the log has said how.</summary>
internal sealed class ProxyException(string message) : IOException(message);

/// <summary>The SMTP connection to the filter: commands, replies, content. Used by one session.</summary>
internal sealed class ProxyDialogue : IDisposable
{
    private const int MaxReply = 16 << 10;
    private readonly ProxyFilter _filter;
    private readonly Session _session;
    private readonly SocketStream _stream;
    private readonly BufferedInput _input;
    private bool _isOver;
    private bool _isInContent;

    private ProxyDialogue(ProxyFilter filter, Session session, SocketStream stream)
    {
        _filter = filter;
        _session = session;
        _stream = stream;
        _input = new BufferedInput(stream) { Timeout = filter.Timeout };
        Output = new BufferedOutput(stream, 32 << 10) { Timeout = filter.Timeout };
    }

    public BufferedOutput Output { get; }

    /// <summary>Connects, reads the greeting, says EHLO and, where offered, XFORWARD.</summary>
    /// <exception cref="ProxyException">It failed.</exception>
    public static async ValueTask<ProxyDialogue> OpenAsync(ProxyFilter filter, Session session, CancellationToken stop)
    {
        SocketStream stream;
        try
        {
            stream = await filter.Endpoint.Place.ConnectAsync(filter.Timeout, stop);
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            LogLines.Trouble(session, $"connect to proxy filter {filter.Endpoint.Text}: {Printable.Neutralize(error.Message)}");
            throw new ProxyException(error.Message);
        }

        var dialogue = new ProxyDialogue(filter, session, stream);
        try
        {
            await dialogue.RequireAsync("connection request", await dialogue.ReadReplyAsync(stop), '2');
            string hello = await dialogue.CommandAsync($"EHLO {filter.HelloName}", '2', stop);
            foreach (string line in ForwardLines.Compose(session, hello))
            {
                await dialogue.CommandAsync(line, '2', stop);
            }

            return dialogue;
        }
        catch
        {
            dialogue.Dispose();
            throw;
        }
    }

    /// <summary>Sends a command that must be answered with a reply of this class.</summary>
    /// <exception cref="ProxyException">It was not.</exception>
    public async ValueTask<string> CommandAsync(string line, char expected, CancellationToken stop)
    {
        string reply = await AskAsync(line, stop);
        await RequireAsync(line, reply, expected);
        return reply;
    }

    /// <summary>Sends a command and returns what is replied, lines joined by LF.</summary>
    /// <exception cref="ProxyException">No reply came.</exception>
    public async ValueTask<string> AskAsync(string line, CancellationToken stop)
    {
        Output.Write(line);
        Output.Write("\r\n"u8);
        await FlushAsync(stop);
        string reply = await ReadReplyAsync(stop);
        _isInContent = reply[0] == '3';
        return reply;
    }

    public async ValueTask FlushAsync(CancellationToken stop)
    {
        try
        {
            await Output.FlushAsync(stop);
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            throw Lost(error);
        }
    }

    /// <summary>Takes leave without waiting for an answer.</summary>
    public async ValueTask QuitAsync()
    {
        _isOver = true;
        try
        {
            Output.Write("QUIT\r\n"u8);
            await Output.FlushAsync();
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            // It has gone before.
        }
    }

    public void Dispose()
    {
        if (!_isOver && !_isInContent)
        {
            SayQuit();
        }

        _input.Dispose();
        Output.Dispose();
        _stream.Dispose();
    }

    private ValueTask RequireAsync(string command, string reply, char expected)
    {
        if (reply[0] == expected)
        {
            return ValueTask.CompletedTask;
        }

        LogLines.Trouble(_session, $"proxy {_filter.Endpoint.Text} rejected \"{Printable.Neutralize(command)}\": \"{Printable.Neutralize(reply.Replace('\n', ' '), allowUtf8: true)}\"");
        throw new ProxyException("rejected");
    }

    private async ValueTask<string> ReadReplyAsync(CancellationToken stop)
    {
        var lines = new System.Text.StringBuilder();
        try
        {
            while (true)
            {
                int end;
                while ((end = _input.Available.IndexOf((byte)'\n')) < 0)
                {
                    if (_input.Available.Length > MaxReply || !await _input.FillAsync(stop))
                    {
                        throw new IOException("end of file");
                    }
                }

                string line = ByteString.FromBytes(_input.Available[..end]).TrimEnd('\r');
                _input.Consume(end + 1);
                if (line.Length < 3 || !Ascii.IsDigit(line[0]) || !Ascii.IsDigit(line[1]) || !Ascii.IsDigit(line[2]) || lines.Length > MaxReply)
                {
                    throw new IOException("malformed reply");
                }

                bool goesOn = line.Length > 3 && line[3] == '-';
                lines.Append(lines.Length == 0 ? "" : "\n").Append(line.Length > 3 ? $"{line[..3]} {line[4..]}" : line);
                if (!goesOn)
                {
                    return Printable.Neutralize(lines.ToString().Replace("\n", "\u0001", StringComparison.Ordinal), allowUtf8: true, replacement: '\u0001').Replace('\u0001', '\n');
                }
            }
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            throw Lost(error);
        }
    }

    // Without a wait: where six bytes do not fit, the end of the connection says the same.
    private void SayQuit()
    {
        _isOver = true;
        Posix.TrySend(_stream.Handle, "QUIT\r\n"u8, wait: false, out _);
    }

    private ProxyException Lost(Exception error)
    {
        _isOver = true;
        LogLines.Trouble(_session, error is TimeoutException
            ? $"timeout talking to proxy {_filter.Endpoint.Text}"
            : $"lost connection with proxy {_filter.Endpoint.Text}");
        return new ProxyException(error.Message);
    }
}
