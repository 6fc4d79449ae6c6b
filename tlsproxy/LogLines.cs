using Mta.Text;
using NLog;

namespace Mta.Tlsproxy;

/// <summary>Every line that tlsproxy logs, beside those of TLS itself.</summary>
internal static class LogLines
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public static void ServerRoleIsOff(string level, string use) => Log.Warn($"TLS server role is disabled with {level} or {use}");

    public static void ClientRoleIsMissing(string peer) => Log.Warn($"TLS client role is not available: {peer}");

    public static void Connect(string peer) => Log.Info($"CONNECT from {peer}");

    public static void Disconnect(string peer) => Log.Info($"DISCONNECT {peer}");

    public static void HandshakeFailed(string service, string peer, bool isLate, IReadOnlyList<string> problems)
    {
        if (isLate)
        {
            Log.Warn($"ciphertext read/write timeout for {peer}");
        }

        foreach (string problem in problems)
        {
            Log.Warn($"TLS library problem: {problem}");
        }

        Log.Info($"TLS handshake failed for service={Printable.Neutralize(service)} peer={peer}");
    }
}
