using Mta.Tls;
using NLog;

namespace Mta.Smtpd.Tls;

/// <summary><c>smtpd_tls_loglevel</c>: how much is said.</summary>
internal readonly record struct TlsLogLevel(int Value)
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
internal static class TlsLog
{
    private static readonly Logger Log = LogManager.GetLogger("smtpd");

    /// <summary>A set-up that failed, with the library's words.</summary>
    public static void Problem(string message, IReadOnlyList<string> details)
    {
        Log.Warn(message);
        foreach (string detail in details)
        {
            Log.Warn($"TLS library problem: {detail}");
        }
    }

    public static void Begin(Session session) => Log.Info($"setting up TLS connection from {session.NameAndAddress}");

    public static void HandshakeFailed(Session session, TlsHandshake result)
    {
        string reason = result.Status switch
        {
            TlsHandshakeStatus.Timeout => "Connection timed out",
            TlsHandshakeStatus.Lost => "lost connection",
            TlsHandshakeStatus.Failed => "-1",
            TlsHandshakeStatus.Done => "",
        };
        Log.Info($"SSL_accept error from {session.NameAndAddress}: {reason}");
        foreach (string error in result.Errors)
        {
            Log.Warn($"TLS library problem: {error}");
        }
    }

    public static void Established(Session session, TlsSession tls, string serverName)
    {
        string trust = tls.Peer is null ? "Anonymous" : tls.IsTrusted ? "Trusted" : "Untrusted";
        string verb = tls.IsResumed ? "reused" : "established";
        string to = serverName.Length > 0 ? $" to {serverName}" : "";
        Log.Info($"{trust} TLS connection {verb} from {session.NameAndAddress}{to}: {tls.Summary}");
    }

    public static void Peer(Session session, TlsCertificate peer) =>
        Log.Info($"{session.NameAndAddress}: subject_CN={peer.SubjectCn}, issuer={peer.IssuerCn}, fingerprint={peer.Fingerprint}, pkey_fingerprint={peer.KeyFingerprint}");

    public static void Resumed(Session session) => Log.Info($"{session.NameAndAddress}: Reusing old session");

    /// <summary>Why a certificate is not trusted.</summary>
    public static void Untrusted(Session session, TlsSession tls)
    {
        if (VerifyErrors.Text(tls, "client", session.NameAndAddress) is { } text)
        {
            Log.Info(text);
        }
    }

    public static void Refused(Session session) =>
        Log.Warn($"Refusing STARTTLS request from {session.NameAndAddress} for service {session.Server.ServiceName}");

    public static void RefusedWrapper(Session session) =>
        Log.Warn($"Refusing TLS service request from {session.NameAndAddress} for service {session.Server.ServiceName}");

    public static void NoWrapperContext(Session session) => Log.Warn(
        $"Wrapper-mode request dropped from {session.NameAndAddress} for service {session.Server.ServiceName}. TLS context initialization failed. For details see earlier warnings in your logs.");

    public static void Abort(Session session, string reason) => Log.Info($"NOQUEUE: abort: TLS from {session.NameAndAddress}: {reason}");
}
