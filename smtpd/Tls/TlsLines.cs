using NLog;

namespace Mta.Smtpd.Tls;

/// <summary>The lines about TLS that only this server has.</summary>
internal static class TlsLines
{
    private static readonly Logger Log = LogManager.GetLogger("smtpd");

    public static void Refused(Session session) =>
        Log.Warn($"Refusing STARTTLS request from {session.NameAndAddress} for service {session.Server.ServiceName}");

    public static void RefusedWrapper(Session session) =>
        Log.Warn($"Refusing TLS service request from {session.NameAndAddress} for service {session.Server.ServiceName}");

    public static void NoWrapperContext(Session session) => Log.Warn(
        $"Wrapper-mode request dropped from {session.NameAndAddress} for service {session.Server.ServiceName}. TLS context initialization failed. For details see earlier warnings in your logs.");

    public static void Abort(Session session, string reason) => Log.Info($"NOQUEUE: abort: TLS from {session.NameAndAddress}: {reason}");
}
