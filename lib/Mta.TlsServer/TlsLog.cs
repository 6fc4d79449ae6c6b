using Mta.Text;
using Mta.Tls;
using NLog;

namespace Mta.TlsServer;

/// <summary><c>smtpd_tls_loglevel</c>: how much is said.</summary>
public readonly record struct TlsLogLevel(int Value)
{
    /// <summary>One line per session.</summary>
    public bool Summary => Value >= 1;

    /// <summary>Also certificates and tickets.</summary>
    public bool Verbose => Value >= 2;

    /// <summary>Reads a number, or a list of what is to be logged.</summary>
    public static TlsLogLevel Parse(string text)
    {
        if (int.TryParse(text, out int level))
        {
            return new TlsLogLevel(level);
        }

        level = 0;
        foreach (string word in text.Split([' ', ',', '\t'], StringSplitOptions.RemoveEmptyEntries))
        {
            level = Math.Max(level, word switch
            {
                "none" => 0,
                "verbose" or "cache" or "peercert" or "ssl-debug" or "debug" => 2,
                _ => 1,
            });
        }

        return new TlsLogLevel(level);
    }
}

/// <summary>Every line about TLS.</summary>
public static class TlsLog
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public static void Info(string text) => Log.Info(text);

    public static void Warning(string text) => Log.Warn(text);

    /// <summary>A set-up that failed, with the library's words.</summary>
    public static void Problem(string message, IReadOnlyList<string> details)
    {
        Log.Warn(message);
        foreach (string detail in details)
        {
            Log.Warn($"TLS library problem: {detail}");
        }
    }

    public static void Begin(string peer) => Log.Info($"setting up TLS connection from {peer}");

    public static void HandshakeFailed(string peer, TlsHandshake result)
    {
        string reason = result.Status switch
        {
            TlsHandshakeStatus.Timeout => "Connection timed out",
            TlsHandshakeStatus.Lost => "lost connection",
            TlsHandshakeStatus.Failed => "-1",
            TlsHandshakeStatus.Done => "",
        };
        Log.Info($"SSL_accept error from {peer}: {reason}");
        foreach (string error in result.Errors)
        {
            Log.Warn($"TLS library problem: {error}");
        }
    }

    public static void NameNotMatched(string peer, string name) => Log.Info($"TLS SNI {Printable.Neutralize(name)} from {peer} not matched, using default chain");

    public static void Established(string peer, TlsSession tls, string serverName)
    {
        string trust = tls.Peer is null ? "Anonymous" : tls.IsTrusted ? "Trusted" : "Untrusted";
        string to = serverName.Length > 0 ? $" to {serverName}" : "";
        Log.Info($"{trust} TLS connection established from {peer}{to}: {tls.Summary}");
    }

    public static void Peer(string peer, TlsCertificate certificate) =>
        Log.Info($"{peer}: subject_CN={certificate.SubjectCn}, issuer={certificate.IssuerCn}, fingerprint={certificate.Fingerprint}, pkey_fingerprint={certificate.KeyFingerprint}");

    public static void Resumed(string peer) => Log.Info($"{peer}: Reusing old session");

    /// <summary>Why a certificate is not trusted.</summary>
    public static void Untrusted(string peer, TlsSession tls)
    {
        if (VerifyErrors.Text(tls, "client", peer) is { } text)
        {
            Log.Info(text);
        }
    }
}
