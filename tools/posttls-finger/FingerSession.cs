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

    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly FingerOptions _options;
    private readonly ClientTls _tls;
    private readonly TlsPolicy _policy;
    private readonly TlsTarget _target;
    private readonly Stream _stream;
    private readonly BufferedInput _input;
    private readonly BufferedOutput _output;
    private readonly string _helloName;
    private bool _offersTls;

    public FingerSession(FingerOptions options, ClientTls tls, TlsPolicy policy, TlsTarget target, Stream stream, Configuration configuration)
    {
        _options = options;
        _tls = tls;
        _policy = policy;
        _target = target;
        _stream = stream;
        _input = new BufferedInput(stream);
        _output = new BufferedOutput(stream);
        _helloName = configuration.Get(GlobalParameters.Myhostname);
    }

    /// <param name="explain">Is told what a delivery would do.</param>
    public async ValueTask RunAsync(Action<string> explain)
    {
        try
        {
            await TalkAsync(explain);
        }
        catch (TimeoutException)
        {
            Log.Info($"timeout while talking to {_target.NameWithPort}");
            explain("would be deferred: the server is too slow");
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException)
        {
            Log.Info($"lost connection with {_target.NameWithPort}");
            explain("would be deferred: the connection is lost");
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

    private async ValueTask TalkAsync(Action<string> explain)
    {
        if (!_options.HidesDialogue)
        {
            Log.Info($"Connected to {_target.NameWithPort}");
        }

        bool isTls = false;
        if (_tls.Settings.IsWrapper)
        {
            if (!await SecureAsync(explain))
            {
                return;
            }

            isTls = true;
        }

        SetTimeout(_options.ConnectTimeout);
        (int code, string text) = await ReadAsync();
        if (code / 100 != 2)
        {
            Log.Info($"SMTP service not available: {text}");
            explain($"would be deferred: the server refuses to talk to this host");
            return;
        }

        SetTimeout(_options.CommandTimeout);
        if (!await HelloAsync(explain))
        {
            return;
        }

        if (!isTls && _offersTls && _policy.Level > TlsLevel.None && _tls.IsAvailable)
        {
            (code, text) = await AskAsync("STARTTLS");
            if (code / 100 != 2)
            {
                Log.Info($"STARTTLS rejected: {text}");
                explain(_policy.Level == TlsLevel.May ? "would go in plain text: STARTTLS is refused, and TLS is not required" : "would be deferred: STARTTLS is refused, and TLS is required");
                return;
            }

            if (!await SecureAsync(explain) || !await HelloAsync(explain))
            {
                return;
            }
        }
        else if (!isTls)
        {
            explain(_policy.Level <= TlsLevel.May ? $"would go in plain text: {(_offersTls ? "TLS is off" : "the server does not offer STARTTLS")}" : "would be deferred: TLS is required, but the server does not offer it");
        }

        await AskAsync("QUIT");
    }

    private async ValueTask<bool> HelloAsync(Action<string> explain)
    {
        string verb = _options.IsLmtp ? "LHLO" : "EHLO";
        _offersTls = false;
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
        ClientTlsResult result = await _tls.StartAsync(_stream, _target, _policy, "", CancellationToken.None);
        if (result.Stream is null || result.Session is null)
        {
            explain(_policy.Level == TlsLevel.May
                ? "would be deferred at first, and go in plain text after minimal_backoff_time: the TLS handshake fails"
                : "would be deferred: the TLS handshake fails");
            return false;
        }

        Show(result.Session, result.IsMatched);
        if (_options.PrintsChain)
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

    private async ValueTask<(int Code, string Text)> AskAsync(string command)
    {
        if (!_options.HidesDialogue)
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
            if (!_options.HidesDialogue)
            {
                Log.Info($"< {line}");
            }

            string word = line.Length > 4 ? line[4..].Trim(' ') : "";
            _offersTls |= Ascii.EqualsIgnoreCase(word, "STARTTLS");
            bool isReply = line.Length >= 3 && line.AsSpan(0, 3).IndexOfAnyExceptInRange('0', '9') < 0;
            if (isReply && (line.Length == 3 || line[3] == ' '))
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
                throw new EndOfStreamException();
            }
        }
    }
}
