using System.Text;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Delivery.Security;
using Mta.Service;
using Mta.Text;
using Mta.Tls;
using NLog;
using Ascii = Mta.Text.Ascii;

namespace Mta.PosttlsFinger;

/// <summary>The dialogue with one server, up to QUIT. Everything that the server sends is bounded.</summary>
internal sealed class FingerSession : IDisposable
{
    private const int MaxLine = 2048;
    private const int MaxLines = 500;

    private const string Greeting = "reading server greeting";
    private const string StartingTls = "sending STARTTLS";
    private const string Quitting = "sending QUIT command";

    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly FingerOptions _options;
    private readonly ClientTls _tls;
    private readonly TlsPolicy _policy;
    private readonly TlsTarget _target;
    private readonly Stream _stream;
    private readonly BufferedInput _input;
    private readonly BufferedOutput _output;
    private readonly string _helloName;
    private readonly MemorySessions? _sessions;
    private TlsStream? _secured;
    private int _sessionsSeen;
    private bool _offersTls;
    private string _serverName = "";
    private string _sessionName = "";
    private string _stage = "";

    public FingerSession(FingerOptions options, ClientTls tls, TlsPolicy policy, TlsTarget target, Stream stream, Configuration configuration, MemorySessions? sessions)
    {
        _sessions = sessions;
        _options = options;
        _tls = tls;
        _policy = policy;
        _target = target;
        _stream = stream;
        _input = new BufferedInput(stream);
        _output = new BufferedOutput(stream);
        _helloName = configuration.Get(GlobalParameters.Myhostname);
    }

    /// <summary>It is not the first connection: what the server can do was said before.</summary>
    public bool IsAgain { get; init; }

    /// <param name="explain">Is told what a delivery would do.</param>
    /// <returns>The dialogue came to its end.</returns>
    /// <exception cref="FatalException">The server does not answer to STARTTLS.</exception>
    public async ValueTask<bool> RunAsync(Action<string> explain)
    {
        try
        {
            return await TalkAsync(explain);
        }
        catch (TimeoutException)
        {
            return SayLoss("timeout", "the server is too slow", explain);
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException)
        {
            return SayLoss("lost connection", "the connection is lost", explain);
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
    }

    // What happens behind QUIT changes nothing.
    private bool SayLoss(string what, string why, Action<string> explain)
    {
        string text = $"{what} while {_stage}";
        if (_stage == Quitting)
        {
            Log.Warn(text);
            return true;
        }

        explain($"would be deferred: {why}");
        if (_stage == StartingTls)
        {
            throw new FatalException(text);
        }

        Log.Info(text);
        return false;
    }

    private async ValueTask<bool> TalkAsync(Action<string> explain)
    {
        if (!_options.HidesDialogue && !IsAgain)
        {
            Log.Info($"Connected to {_target.NameWithPort}");
        }

        bool isTls = false;
        if (_tls.Settings.IsWrapper)
        {
            if (!await SecureAsync(explain))
            {
                return false;
            }

            isTls = true;
        }

        SetTimeout(_options.ConnectTimeout);
        _stage = Greeting;
        (int code, string text) = await ReadAsync();
        if (code / 100 != 2)
        {
            Log.Info($"SMTP service not available: {text}");
            explain($"would be deferred: the server refuses to talk to this host");
            return false;
        }

        SetTimeout(_options.CommandTimeout);
        if (!(IsAgain && isTls) && !await HelloAsync(explain))
        {
            return false;
        }

        if (!isTls && _offersTls && _policy.Level > TlsLevel.None && _tls.IsAvailable)
        {
            _stage = StartingTls;
            (code, text) = await AskAsync("STARTTLS");
            if (code / 100 != 2)
            {
                Log.Info($"STARTTLS rejected: {text}");
                explain(_policy.Level == TlsLevel.May ? "would go in plain text: STARTTLS is refused, and TLS is not required" : "would be deferred: STARTTLS is refused, and TLS is required");
                return false;
            }

            if (!await SecureAsync(explain) || (!IsAgain && !await HelloAsync(explain)))
            {
                return false;
            }
        }
        else if (!isTls)
        {
            explain(_policy.Level <= TlsLevel.May ? $"would go in plain text: {(_offersTls ? "TLS is off" : "the server does not offer STARTTLS")}" : "would be deferred: TLS is required, but the server does not offer it");
        }

        _stage = Quitting;
        await AskAsync("QUIT");
        return true;
    }

    private async ValueTask<bool> HelloAsync(Action<string> explain)
    {
        string verb = _options.IsLmtp ? "LHLO" : "EHLO";
        _offersTls = false;
        _serverName = "";
        _stage = $"sending {verb}";
        (int code, string text) = await AskAsync($"{verb} {_helloName}");
        if (code / 100 != 2)
        {
            Log.Info($"{verb} rejected: {text}");
            explain(_policy.Level <= TlsLevel.May && !_options.IsLmtp ? "would go on with HELO, in plain text" : "would be deferred: the server does not know extensions, so there is no TLS");
            return false;
        }

        return true;
    }

    private async ValueTask<bool> SecureAsync(Action<string> explain)
    {
        _sessionName = _serverName;
        ClientTlsResult result = await _tls.StartAsync(_stream, _target, _policy, _serverName, CancellationToken.None);
        if (result.Stream is null || result.Session is null)
        {
            explain(_policy.Level == TlsLevel.May
                ? "would be deferred at first, and go in plain text after minimal_backoff_time: the TLS handshake fails"
                : "would be deferred: the TLS handshake fails");
            return false;
        }

        _secured = result.Stream;
        await KeepSessionsAsync();
        Show(result.Session, result.IsMatched);
        if (_options.PrintsChain && !IsAgain)
        {
            PrintChain(result.Stream);
        }

        string how = result.Session.Peer is null || !_policy.Level.MustMatch() ? "encrypted, without a look at who the server is"
            : _policy.Level == TlsLevel.Fingerprint ? "encrypted, to a server whose certificate is known"
            : _policy.Level.UsesTlsa() ? "encrypted, to a server that DANE authenticates"
            : "encrypted, to a server whose name and authority are verified";
        explain(result.Failure is null ? $"would be sent {how}" : $"would be deferred: {result.Failure.Reason}");
        _input.SwitchTo(result.Stream);
        _output.SwitchTo(result.Stream);
        return true;
    }

    // Servers send sessions when they like: what is there is seen with the next answer.
    private async ValueTask KeepSessionsAsync()
    {
        while (_sessions is not null && _secured is { NewSession: { } session } && _sessionsSeen < _secured.NewSessions)
        {
            _sessionsSeen++;
            await _sessions.UpdateAsync("", _tls.SessionId(_target, _policy, _sessionName), session, CancellationToken.None);
        }
    }

    private void Show(TlsSession session, bool isMatched)
    {
        string name = _target.NameWithPort;
        bool isVouchedFor = _policy.Level is TlsLevel.Fingerprint or TlsLevel.Verify or TlsLevel.Secure ? isMatched : session.IsTrusted;

        // Where mail would wait for it, the handshake itself has said so.
        if (_options.LogsUntrusted && !_policy.Level.MustMatch() && !_policy.LacksUsableTlsa && VerifyErrors.Text(session, "server", name) is { } text)
        {
            Log.Info(text);
        }

        if (_options.LogsMatch && isMatched && session.Peer is { } matched)
        {
            ShowMatch(name, matched);
        }

        if (_options.LogsCertificate && session.Peer is { } peer)
        {
            Log.Info($"{name}: subject_CN={peer.SubjectCn}, issuer_CN={peer.IssuerCn}, fingerprint={peer.Fingerprint}, pkey_fingerprint={peer.KeyFingerprint}");
        }

        if (_options.LogsSummary)
        {
            string status = session.Peer is null ? "Anonymous"
                : isMatched && _policy.Level != TlsLevel.HalfDane ? "Verified"
                : isVouchedFor ? "Trusted"
                : "Untrusted";
            Log.Info($"{status} TLS connection established to {name}: {session.Summary}");
        }
    }

    private void ShowMatch(string name, TlsCertificate peer)
    {
        if (_policy.Level == TlsLevel.Fingerprint)
        {
            string print = _policy.Match.Any(want => Same(want, peer.Fingerprint)) ? peer.Fingerprint : peer.KeyFingerprint;
            Log.Info($"{name}: Matched fingerprint: {print.Replace(":", "", StringComparison.Ordinal)}");
            return;
        }

        if (_policy.Level.UsesTlsa())
        {
            foreach (TlsaRecord record in _policy.Tlsa)
            {
                Log.Info($"using DANE RR: _{_target.Port}._tcp.{_policy.ServerName} IN TLSA {record.Usage} {record.Selector} {record.Matching} {Convert.ToHexString(record.Data)}");
            }

            return;
        }

        foreach (string certified in peer.HasDnsNames ? peer.DnsNames : [peer.SubjectCn])
        {
            if (_policy.Match.Any(want => CertificateNames.Matches(certified, want, _tls.Settings.MultiLabelWildcards)))
            {
                Log.Info($"{name}: matched peername: {certified}");
                return;
            }
        }
    }

    private static bool Same(string wanted, string print) =>
        Ascii.EqualsIgnoreCase(wanted.Replace(":", "", StringComparison.Ordinal), print.Replace(":", "", StringComparison.Ordinal));

    private void PrintChain(TlsStream stream)
    {
        StringBuilder text = new("\n---\nCertificate chain\n");
        int index = 0;
        foreach (TlsCertificate certificate in TlsSession.ChainOf(stream, _policy.Digest))
        {
            text.Append($"{index++,2} subject: {certificate.SubjectLine}\n    issuer: {certificate.IssuerLine}\n");
            text.Append($"   cert digest={certificate.Fingerprint}\n   pkey digest={certificate.KeyFingerprint}\n");
            text.Append("-----BEGIN CERTIFICATE-----\n");
            string base64 = Convert.ToBase64String(certificate.Der);
            for (int i = 0; i < base64.Length; i += 64)
            {
                text.Append(base64.AsSpan(i, Math.Min(64, base64.Length - i))).Append('\n');
            }

            text.Append("-----END CERTIFICATE-----\n");
        }

        CommandLineTool.Print(text.ToString());
    }

    private void SetTimeout(TimeSpan limit) => _input.Timeout = _output.Timeout = limit;

    // Of later connections the dialogue is known, but for its ends.
    private bool IsShown => !_options.HidesDialogue && (!IsAgain || _stage is Greeting or Quitting);

    private async ValueTask<(int Code, string Text)> AskAsync(string command)
    {
        if (IsShown)
        {
            Log.Info($"> {command}");
        }

        _output.Write(command);
        _output.Write("\r\n"u8);
        await _output.FlushAsync();
        return await ReadAsync();
    }

    // The text of the last line is what counts in messages.
    private async ValueTask<(int Code, string Text)> ReadAsync()
    {
        for (int lines = 0; lines < MaxLines; lines++)
        {
            string line = await ReadLineAsync();
            await KeepSessionsAsync();
            if (IsShown)
            {
                Log.Info($"< {line}");
            }

            string word = line.Length > 4 ? line[4..].Trim(' ') : "";
            _offersTls |= Ascii.EqualsIgnoreCase(word, "STARTTLS");
            if (lines == 0 && _stage.EndsWith("HLO", StringComparison.Ordinal))
            {
                _serverName = word.Split(' ')[0];
            }

            bool isReply = line.Length >= 3 && line.AsSpan(0, 3).IndexOfAnyExceptInRange('0', '9') < 0;
            if (!isReply)
            {
                return (0, $"0 {line}");
            }

            if (line.Length == 3 || line[3] != '-')
            {
                return (int.Parse(line.AsSpan(0, 3), System.Globalization.CultureInfo.InvariantCulture), line);
            }
        }

        throw new IOException("endless reply");
    }

    private async ValueTask<string> ReadLineAsync()
    {
        while (true)
        {
            int end = _input.Available.IndexOf((byte)'\n');
            if (end >= 0)
            {
                string line = Printable.Neutralize(ByteString.FromBytes(_input.Available[..end].TrimEnd((byte)'\r')));
                _input.Consume(end + 1);
                return line;
            }

            if (!await _input.FillAsync(MaxLine, CancellationToken.None))
            {
                await KeepSessionsAsync();
                throw new EndOfStreamException();
            }
        }
    }
}
