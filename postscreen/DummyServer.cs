using System.Text;
using Mta.Linux;
using Mta.Mail.Headers;
using Mta.Tables;
using Mta.Text;

namespace Mta.Postscreen;

/// <summary>
/// Talks SMTP with a client that must not reach the server yet: answers everything, accepts nothing, and watches how
/// the client speaks. A client that has passed comes again and is let in.
/// </summary>
internal sealed class DummyServer(Screen screen, ScreenSession session)
{
    /// <summary>The EHLO keywords, in their order.</summary>
    public static readonly string[] Keywords = ["SIZE", "VRFY", "ETRN", "STARTTLS", "ENHANCEDSTATUSCODES", "8BITMIME", "DSN", "SMTPUTF8", "CHUNKING"];

    private static readonly string[] Known = ["EHLO", "HELO", "MAIL", "RCPT", "DATA", "BDAT", "RSET", "NOOP", "VRFY", "ETRN", "QUIT", "STARTTLS"];
    private readonly ScreenSettings _settings = session.Settings;
    private readonly BufferedInput _input = session.Connection.Input;
    private readonly BufferedOutput _output = session.Connection.Output;
    private string _stage = "CONNECT";
    private string _hello = "";
    private string _protocol = "SMTP";
    private string? _sender;
    private readonly List<string> _replies = [];
    private IReadOnlySet<string> _hidden = new HashSet<string>();
    private bool _isOver;
    private SocketStream? _tls;

    public async ValueTask RunAsync(bool greets, CancellationToken stop)
    {
        _input.Timeout = _settings.CommandTimeLimit;
        _output.Timeout = _settings.CommandTimeLimit;
        _hidden = await screen.HiddenKeywordsAsync(session.Peer.Address, session.Shown, stop);
        if (greets)
        {
            Reply($"220 {_settings.Banner}");
        }

        int commands = 0;
        try
        {
            while (!_isOver)
            {
                await FlushAsync(stop);
                if (await ReadAsync(stop) is not { } line)
                {
                    if (!_isOver)
                    {
                        session.NoteHangUp("after");
                    }

                    return;
                }

                await ExecuteAsync(line, ++commands, stop);
            }

            await FlushAsync(stop);
        }
        catch (TimeoutException)
        {
            LogLines.Event("COMMAND TIME LIMIT from", $"{session.Shown} after {_stage}");
            await screen.TrySendAsync(session.Connection, $"421 4.4.2 {_settings.HostName} Error: timeout exceeded");
        }
        finally
        {
            // The proxy sends what is left, and ends the client's connection.
            _tls?.Dispose();
        }
    }

    private async ValueTask<string?> ReadAsync(CancellationToken stop)
    {
        while (true)
        {
            int end = _input.Available.IndexOf((byte)'\n');
            if (end > _settings.LineLengthLimit || (end < 0 && _input.Available.Length > _settings.LineLengthLimit))
            {
                Limit("COMMAND LENGTH LIMIT");
                await FlushAsync(stop);
                return null;
            }

            if (end < 0)
            {
                if (!await _input.FillAsync(stop))
                {
                    return null;
                }

                continue;
            }

            bool isBare = end == 0 || _input.Available[end - 1] != '\r';
            string line = ByteString.FromBytes(_input.Available[..(isBare ? end : end - 1)]);
            _input.Consume(end + 1);
            if (isBare && session.IsPending(ScreenTest.BareNewline))
            {
                LogLines.BareNewline(session.Shown, line);
                if (session.Fail(ScreenTest.BareNewline, "550 5.5.1 Protocol error"))
                {
                    Drop("521 5.5.1 Protocol error");
                    await FlushAsync(stop);
                    return null;
                }
            }

            return line;
        }
    }

    private async ValueTask ExecuteAsync(string line, int count, CancellationToken stop)
    {
        LookupResult replaced = await screen.FilterCommandAsync(line, stop);
        if (replaced.IsFound)
        {
            LogLines.Info($"{session.Shown}: replacing command \"{Printable.Neutralize(line)}\" with \"{Printable.Neutralize(replaced.Value)}\"");
            line = replaced.Value;
        }

        int blank = line.AsSpan().IndexOfAny(' ', '\t');
        string word = (blank < 0 ? line : line[..blank]).ToUpperInvariant();
        string rest = blank < 0 ? "" : line[(blank + 1)..].Trim();
        bool isKnown = Array.IndexOf(Known, word) >= 0;
        if (word != "QUIT" && count > _settings.CommandCountLimit)
        {
            Limit("COMMAND COUNT LIMIT");
            return;
        }

        if (!isKnown && session.IsPending(ScreenTest.NonSmtp)
            && (HeaderSyntax.BeginsWithLabel(word) || !ByteString.TryToUnicode(line, out _) || await screen.IsForbiddenAsync(blank < 0 ? line : line[..blank], stop)))
        {
            LogLines.NonSmtp(session.Shown, _stage, line);
            if (session.Fail(ScreenTest.NonSmtp, "550 5.5.1 Protocol error"))
            {
                Drop("521 5.7.0 Error: I can break rules, too. Goodbye.");
                return;
            }
        }

        if (session.IsPending(ScreenTest.Pipelining) && word != "BDAT" && !_input.Available.IsEmpty)
        {
            LogLines.Pipelining(session.Shown, word, ByteString.FromBytes(_input.Available));
            if (session.Fail(ScreenTest.Pipelining, "550 5.5.1 Protocol error"))
            {
                Drop("521 5.5.1 Protocol error");
                return;
            }
        }

        _stage = isKnown ? word : "UNIMPLEMENTED";
        if (word == "RCPT")
        {
            // How a client spoke up to here is how it speaks: what was not failed is passed.
            foreach (ScreenTest test in (ReadOnlySpan<ScreenTest>)[ScreenTest.Pipelining, ScreenTest.NonSmtp, ScreenTest.BareNewline])
            {
                session.Pass(test, _settings.LifeOf(test));
            }
        }

        if (isKnown && _tls is null && screen.Tls.Level == ScreenTlsLevel.Encrypt && word is not ("EHLO" or "HELO" or "STARTTLS" or "NOOP" or "QUIT"))
        {
            Reply("530 5.7.0 Must issue a STARTTLS command first");
        }
        else if (word == "STARTTLS")
        {
            await StartTlsAsync(rest, stop);
        }
        else
        {
            Answer(word, rest);
        }
    }

    private void Answer(string word, string rest)
    {
        switch (word)
        {
            case "EHLO" or "HELO":
                Hello(word, rest);
                break;
            case "MAIL":
                Reply(_settings.HeloRequired && _hello.Length == 0 ? "503 5.5.1 Error: send HELO/EHLO first"
                    : _sender is not null ? "503 5.5.1 Error: nested MAIL command"
                    : !rest.Contains(':') ? "501 5.5.4 Syntax: MAIL FROM:<address>"
                    : Begin(rest));
                break;
            case "RCPT":
                Recipient(rest);
                break;
            case "DATA":
                LogLines.Event("DATA without valid RCPT from", session.Shown);
                Drop(rest.Length > 0 ? "501 5.5.4 Syntax: DATA" : _sender is null ? "503 5.5.1 Error: need RCPT command" : "554 5.5.1 Error: no valid recipients");
                break;
            case "BDAT":
                LogLines.Event("BDAT without valid RCPT from", session.Shown);
                Drop(_hidden.Contains("CHUNKING") ? "502 5.5.1 Error: command not implemented" : rest.Length == 0 ? "501 5.5.4 Syntax: BDAT count [LAST]" : _sender is null ? "554 5.5.1 Error: need MAIL command" : "554 5.5.1 Error: no valid recipients");
                break;
            case "RSET":
                _sender = null;
                Reply("250 2.0.0 Ok");
                break;
            case "NOOP":
                Reply("250 2.0.0 Ok");
                break;
            case "VRFY":
                Reply(rest.Length == 0 ? "501 5.5.4 Syntax: VRFY address" : _settings.DisableVrfy ? "502 5.5.1 VRFY command is disabled" : session.Answer);
                break;
            case "ETRN":
                Reply(_settings.HeloRequired && _hello.Length == 0 ? "503 5.5.1 Error: send HELO/EHLO first"
                    : rest.Length == 0 ? "500 Syntax: ETRN domain"
                    : "458 Unable to queue messages");
                break;
            case "QUIT":
                Drop("221 2.0.0 Bye");
                break;
            default:
                Reply("502 5.5.2 Error: command not recognized");
                break;
        }
    }

    // What came in plain text is forgotten (RFC 3207 §4.2), counters go on.
    private async ValueTask StartTlsAsync(string rest, CancellationToken stop)
    {
        if (rest.Length > 0)
        {
            Reply("501 5.5.4 Syntax: STARTTLS");
            return;
        }

        if (_tls is not null)
        {
            Reply("554 5.5.1 Error: TLS already active");
            return;
        }

        if (screen.Tls.Level == ScreenTlsLevel.None || _hidden.Contains("STARTTLS"))
        {
            Reply("502 5.5.1 Error: command not implemented");
            return;
        }

        _tls = await screen.Tls.StartAsync(session.Connection, session.Shown, screen.Settings, stop);
        if (_tls is null)
        {
            Reply("454 4.7.0 TLS not available due to local problem");
            return;
        }

        Reply("220 2.0.0 Ready to start TLS");
        await FlushAsync(stop);
        _input.SwitchTo(_tls);
        _output.SwitchTo(_tls);
        _sender = null;
        _hello = "";
        _protocol = "SMTP";
    }

    private void Hello(string word, string rest)
    {
        if (rest.Length == 0)
        {
            Reply($"501 Syntax: {word} hostname");
            return;
        }

        _hello = rest;
        _sender = null;
        if (word == "HELO")
        {
            _protocol = "SMTP";
            Reply($"250 {_settings.HostName}");
            return;
        }

        _protocol = "ESMTP";
        List<string> lines = [_settings.HostName];
        foreach (string keyword in Keywords)
        {
            if (!_hidden.Contains(keyword) && (keyword != "VRFY" || !_settings.DisableVrfy) && (keyword != "SMTPUTF8" || _settings.SmtpUtf8Enable)
                && (keyword != "STARTTLS" || (screen.Tls.Level != ScreenTlsLevel.None && _tls is null)))
            {
                lines.Add(keyword == "SIZE" && _settings.MessageSizeLimit > 0 ? $"SIZE {_settings.MessageSizeLimit}" : keyword);
            }
        }

        var reply = new StringBuilder();
        for (int i = 0; i < lines.Count; i++)
        {
            reply.Append(i == 0 ? "" : "\r\n").Append("250").Append(i + 1 < lines.Count ? '-' : ' ').Append(lines[i]);
        }

        Reply(reply.ToString());
    }

    private string Begin(string rest)
    {
        _sender = rest[(rest.IndexOf(':') + 1)..].Trim();
        return "250 2.1.0 Ok";
    }

    private void Recipient(string rest)
    {
        if (_sender is null || !rest.Contains(':'))
        {
            Reply(_sender is null ? "503 5.5.1 Error: need MAIL command" : "501 5.5.4 Syntax: RCPT TO:<address>");
            return;
        }

        string answer = screen.Replies.Soften(session.Answer);
        LogLines.Reject(session.Shown, answer, _sender, rest[(rest.IndexOf(':') + 1)..].Trim(), _protocol, _hello);
        Reply(session.Answer);
    }

    private void Limit(string what)
    {
        LogLines.Event($"{what} from", $"{session.Shown} after {_stage}");
        Drop($"421 {_settings.HostName} Service unavailable - try again later");
    }

    private void Drop(string reply)
    {
        Reply(reply);
        _isOver = true;
    }

    // Gathered until the client is waited for.
    private void Reply(string reply) => _replies.Add(reply);

    private async ValueTask FlushAsync(CancellationToken stop)
    {
        foreach (string reply in _replies)
        {
            _output.Write(await screen.Replies.FinishAsync(reply, session.Peer, stop) + "\r\n");
        }

        _replies.Clear();
        await _output.FlushAsync(stop);
    }
}
