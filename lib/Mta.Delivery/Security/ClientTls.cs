using System.Net;
using Mta.Dns;
using Mta.Mail.Protocols;
using Mta.Tables;
using Mta.Text;
using Mta.Tls;
using NLog;

namespace Mta.Delivery.Security;

/// <summary>How TLS with a server went.</summary>
/// <param name="Stream">The stream to go on with; null when the handshake failed.</param>
/// <param name="Session">What was agreed; null when the handshake failed.</param>
/// <param name="IsMatched">The certificate is the one that the policy wants.</param>
/// <param name="Failure">Why this server gets no mail now; null when it does.</param>
public sealed record ClientTlsResult(TlsStream? Stream, TlsSession? Session, bool IsMatched, Dsn? Failure)
{
    /// <summary>A trusted authority vouches for the certificate, whatever its name.</summary>
    public bool IsTrusted { get; init; }
}

/// <summary>TLS as all deliveries of a process share it: policies, certificates, sessions to resume. Thread-safe.</summary>
public sealed class ClientTls : IDisposable
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");

    private readonly TlsClientContext? _context;
    private readonly ITlsSessions? _sessions;

    /// <summary>Reads settings and loads libraries, with the privileges of the start.</summary>
    /// <param name="configuration">Where the settings come from.</param>
    /// <param name="prefix"><c>smtp</c> or <c>lmtp</c>.</param>
    /// <param name="tables">Opens policy tables.</param>
    /// <param name="dns">A resolver that validates, for the dane levels; null when there is none.</param>
    /// <param name="noDane">Why the dane levels cannot be used; null when they can.</param>
    /// <param name="sessions">Where sessions are kept, whatever the settings say; null leaves it to them.</param>
    /// <exception cref="Config.ConfigurationException">A value makes no sense.</exception>
    /// <exception cref="TlsException">A trust anchor file cannot be read.</exception>
    public ClientTls(Config.Configuration configuration, string prefix, TableRegistry tables, IDnsResolver? dns, string? noDane, ITlsSessions? sessions = null)
    {
        Settings = new ClientTlsSettings(configuration, prefix);
        try
        {
            if (!Settings.IsOff)
            {
                Settings.LoadLibrary();
                _context = new TlsClientContext(Settings.Library());
            }
        }
        catch (TlsException failure)
        {
            // Without the engine, what demands TLS is deferred and all else goes in plain text.
            LogProblem(failure.Message, failure.Details);
        }

        Policies = new TlsPolicies(Settings, tables, dns, noDane, static text => Log.Warn(text));
        LogsReuse = sessions is not null || Settings.LogLevel >= 2;
        _sessions = sessions ?? (Settings.CachesSessions && _context is not null ? new TlsmgrClient(Settings.TlsmgrPath) : null);
    }

    public ClientTlsSettings Settings { get; }

    public TlsPolicies Policies { get; }

    // Says which sessions are resumed.
    private bool LogsReuse { get; }

    /// <summary>The library and the certificates are there.</summary>
    public bool IsAvailable => _context is not null;

    /// <summary>Shakes hands, looks at the certificate, and writes the log lines about it.</summary>
    /// <param name="inner">The connection; the caller keeps it.</param>
    /// <param name="target">The server.</param>
    /// <param name="policy">What it must be.</param>
    /// <param name="helloName">The server's name as it says it, part of what makes sessions alike.</param>
    /// <param name="stop">Ends the wait.</param>
    public async ValueTask<ClientTlsResult> StartAsync(Stream inner, TlsTarget target, TlsPolicy policy, string helloName, CancellationToken stop)
    {
        if (policy.Obstacle is { } obstacle)
        {
            Log.Warn(obstacle);
            return new ClientTlsResult(null, null, false, new Dsn("4.7.5", "", "Cannot start TLS: handshake failure"));
        }

        foreach (string record in policy.UnusableTlsa)
        {
            Log.Warn($"{target.NameWithPort}: unusable TLSA RR: {record}");
        }

        if (policy.LacksUsableTlsa)
        {
            Log.Warn($"{target.NameWithPort}: all TLSA records unusable{(policy.Level.MustMatch() ? "" : ", fallback to unauthenticated TLS")}");
        }

        IReadOnlyList<string> prints = policy.Level == TlsLevel.Fingerprint ? UsablePrints(target, policy) : [];
        string id = _sessions is null ? "" : SessionId(target, policy, helloName);
        byte[]? earlier = _sessions is null ? null : await _sessions.LookupAsync(Settings.Prefix, id, stop);
        if (Settings.LogLevel >= 2)
        {
            Log.Info($"setting up TLS connection to {target.NameWithPort}");
            Log.Info($"{target.NameWithPort}: TLS cipher list \"{policy.Ciphers}\"");
        }

        TlsStream stream;
        try
        {
            stream = TlsStream.Client(_context!, inner, new TlsClientOptions // Callers ask IsAvailable first.
            {
                Protocols = policy.Protocols,
                Ciphers = policy.Ciphers,
                ServerName = policy.ServerName,
                Tlsa = policy.Tlsa.Count > 0 ? policy.Tlsa : policy.Anchors,
                TlsaNames = policy.TlsaNames,
                MultiLabelWildcards = Settings.MultiLabelWildcards,
                Session = earlier,
                KeepsSession = _sessions is not null,
            });
        }
        catch (TlsException failure)
        {
            LogProblem(failure.Message, failure.Details);
            return new ClientTlsResult(null, null, false, new Dsn("4.7.5", "", "Cannot start TLS: handshake failure"));
        }

        TlsHandshake result = await stream.HandshakeAsync(Settings.StartTlsTimeout, stop);
        if (!result.IsDone)
        {
            LogHandshakeFailure(target, result);
            stream.Dispose();
            await ForgetAsync(id, earlier, stop);
            return new ClientTlsResult(null, null, false, new Dsn("4.7.5", "", "Cannot start TLS: handshake failure"));
        }

        TlsSession session = TlsSession.Of(stream, policy.Digest, isServer: false, Settings.HasLegacyKeyFingerprints);
        (bool isTrusted, bool isMatched) = Judge(session, policy, prints);
        LogOutcome(target, policy, session, isTrusted, isMatched, hasPrints: prints.Count > 0);
        if (policy.Level.MustMatch() && !isMatched)
        {
            await ForgetAsync(id, earlier, stop);
            return new ClientTlsResult(stream, session, false, new Dsn("4.7.5", "", "Server certificate not verified")) { IsTrusted = isTrusted };
        }

        return new ClientTlsResult(stream, session, isMatched, null) { IsTrusted = isTrusted };
    }

    /// <summary>What makes sessions alike, for <see cref="ITlsSessions"/>.</summary>
    public string SessionId(TlsTarget target, TlsPolicy policy, string helloName) =>
        $"{Settings.Service}&{target.Destination}&{target.Host}&{target.Address}:{target.Port}&{policy.Level.Name()}&{Printable.Neutralize(helloName)}&{policy.Key}";

    /// <summary>Keeps the session that the server has sent by now, for the next connection.</summary>
    public async ValueTask StoreAsync(TlsStream stream, TlsTarget target, TlsPolicy policy, string helloName, CancellationToken stop)
    {
        if (_sessions is not null && stream.NewSession is { } session)
        {
            await _sessions.UpdateAsync(Settings.Prefix, SessionId(target, policy, helloName), session, stop);
        }
    }

    public void Dispose()
    {
        _context?.Dispose();
        _sessions?.Dispose();
    }

    private static void LogProblem(string message, IReadOnlyList<string> details)
    {
        Log.Warn(message);
        foreach (string detail in details)
        {
            Log.Warn($"TLS library problem: {detail}");
        }
    }

    private static void LogHandshakeFailure(TlsTarget target, TlsHandshake result)
    {
        string reason = result.Status switch
        {
            TlsHandshakeStatus.Timeout => "Connection timed out",
            TlsHandshakeStatus.Lost => "lost connection",
            TlsHandshakeStatus.Failed or TlsHandshakeStatus.Done => "-1",
        };
        Log.Info($"SSL_connect error to {target.NameWithPort}: {reason}");
        foreach (string error in result.Errors)
        {
            Log.Warn($"TLS library problem: {error}");
        }
    }

    // Digests of a length that the algorithm cannot have are none, in the words of those who take them for TLSA records.
    private static List<string> UsablePrints(TlsTarget target, TlsPolicy policy)
    {
        int length = TlsLibrary.Digest(policy.Digest, []).Length * 2;
        List<string> usable = [];
        foreach (string text in policy.Match)
        {
            string print = text.Replace(":", "", StringComparison.Ordinal);
            if (print.Length == length && print.AsSpan().IndexOfAnyExcept(HexDigits) < 0)
            {
                usable.Add(print);
                continue;
            }

            Log.Warn($"{target.NameWithPort}: unusable TLSA RR: 3 0 255 {Printable.Neutralize(print)}");
            Log.Warn($"{target.NameWithPort}: unusable TLSA RR: 3 1 255 {Printable.Neutralize(print)}");
        }

        if (usable.Count == 0)
        {
            Log.Warn($"{target.NameWithPort}: all fingerprints unusable");
        }

        return usable;
    }

    private static bool IsSamePrint(string wanted, string actual) =>
        actual.Length > 0 && Ascii.EqualsIgnoreCase(wanted, actual.Replace(":", "", StringComparison.Ordinal));

    // Whether somebody vouches for the certificate, and whether it is the one that the policy wants.
    private (bool IsTrusted, bool IsMatched) Judge(TlsSession session, TlsPolicy policy, IReadOnlyList<string> prints)
    {
        if (policy.OutsideFailure is not null || session.Peer is not { } peer || (policy.LacksUsableTlsa && policy.Level.MustMatch()))
        {
            return (false, false);
        }

        switch (policy.Level)
        {
            case TlsLevel.Fingerprint:
                bool isKnown = prints.Any(print => IsSamePrint(print, peer.Fingerprint) || IsSamePrint(print, peer.KeyFingerprint));
                return (isKnown, isKnown);
            case TlsLevel.HalfDane or TlsLevel.Dane or TlsLevel.DaneOnly:
                return (session.IsTrusted, session.IsTrusted);
            case TlsLevel.Verify or TlsLevel.Secure:
                // A certificate for somebody else is worth nothing here, whoever signed it.
                bool isRight = session.IsTrusted && HasName(peer, policy.Match);
                return (isRight, isRight);
            default:
                return (session.IsTrusted, false);
        }
    }

    private bool HasName(TlsCertificate peer, IReadOnlyList<string> wanted)
    {
        // RFC 6125 §6.4.4: the subject's name counts only where there are no alternative names.
        IReadOnlyList<string> names = peer.HasDnsNames ? peer.DnsNames : peer.SubjectCn.Length > 0 ? [peer.SubjectCn] : [];
        List<IPAddress> addresses = AddressesIn(wanted);
        return addresses.Count == wanted.Count && addresses.Count > 0
            ? addresses.Any(peer.Addresses.Contains)
            : addresses.All(peer.Addresses.Contains) && names.Any(name => wanted.Any(want => CertificateNames.Matches(name, want, Settings.MultiLabelWildcards)));
    }

    // An address is not a name: it is to be among the certificate's addresses. What begins with a dot is a domain.
    private static List<IPAddress> AddressesIn(IReadOnlyList<string> wanted)
    {
        List<IPAddress> addresses = [];
        foreach (string want in wanted)
        {
            const int dots = 3;
            if (IPAddress.TryParse(want, out IPAddress? address) && (want.Contains(':', StringComparison.Ordinal) || want.AsSpan().Count('.') == dots))
            {
                addresses.Add(address);
            }
        }

        return addresses;
    }

    // What is wrong with a certificate is said where mail waits for it, and to those who want to hear more.
    private void LogProblem(TlsTarget target, TlsPolicy policy, TlsSession session, bool hasPrints)
    {
        if (policy.OutsideFailure is { } outside)
        {
            Log.Info($"certificate verification failed for {target.NameWithPort}: external policy failure ({outside})");
            return;
        }

        const int trustAnchor = 2;
        const int unspecified = 1;
        const int hostnameMismatch = 62;
        const int addressMismatch = 64;
        const int noMatchingRecord = 65;
        int error = policy.Level == TlsLevel.Fingerprint ? hasPrints ? noMatchingRecord : unspecified
            : policy.LacksUsableTlsa && policy.Level.MustMatch() ? unspecified
            : session.VerifyError == 0 && policy.Level is TlsLevel.Verify or TlsLevel.Secure ? AddressesIn(policy.Match).Count == policy.Match.Count ? addressMismatch : hostnameMismatch
            : session.VerifyError;
        string role = error == noMatchingRecord && session.ChainLength > 1 && policy.Tlsa.All(static record => record.Usage == trustAnchor) && policy.Tlsa.Count > 0 ? "CA" : "server";
        bool isTold = policy.Level.MustMatch() || policy.LacksUsableTlsa || Settings.LogLevel >= 2;
        if (isTold && session.IsResumed)
        {
            Log.Info($"{target.NameWithPort}: re-using session with untrusted certificate, look for details earlier in the log");
            return;
        }

        if (isTold && VerifyErrors.Text(session, error, role, target.NameWithPort, Settings.VerifyDepth) is { } text)
        {
            Log.Info(text);
        }
    }

    private void LogOutcome(TlsTarget target, TlsPolicy policy, TlsSession session, bool isTrusted, bool isMatched, bool hasPrints)
    {
        if (LogsReuse && session.IsResumed)
        {
            Log.Info($"{target.NameWithPort}: Reusing old session");
        }

        if (!isTrusted)
        {
            LogProblem(target, policy, session, hasPrints);
        }

        if (Settings.LogLevel < 1)
        {
            return;
        }

        if (Settings.LogLevel >= 2)
        {
            if (session.Peer is { } peer)
            {
                Log.Info($"{target.NameWithPort}: subject_CN={peer.SubjectCn}, issuer_CN={peer.IssuerCn}, fingerprint={peer.Fingerprint}, pkey_fingerprint={peer.KeyFingerprint}");
            }
        }

        string status = session.Peer is null ? "Anonymous"
            : isMatched && policy.Level != TlsLevel.HalfDane ? "Verified"
            : isTrusted ? "Trusted"
            : "Untrusted";
        Log.Info($"{status} TLS connection established to {target.NameWithPort}: {session.Summary}");
    }

    private async ValueTask ForgetAsync(string id, byte[]? earlier, CancellationToken stop)
    {
        if (_sessions is not null && earlier is not null)
        {
            await _sessions.DeleteAsync(Settings.Prefix, id, stop);
        }
    }
}
