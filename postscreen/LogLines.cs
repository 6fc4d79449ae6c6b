using System.Globalization;
using Mta.Text;
using NLog;

namespace Mta.Postscreen;

/// <summary>Every line that postscreen logs.</summary>
internal static class LogLines
{
    private const int Shown = 100;
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public static void Info(string text) => Log.Info(text);

    public static void Warning(string text) => Log.Warn(Printable.Neutralize(text, allowUtf8: true));

    /// <summary><c>EVENT [address]:port</c>, with words between where there are any.</summary>
    public static void Event(string what, string client) => Log.Info($"{what} {client}");

    public static void Pregreet(string client, int waiting, TimeSpan after, string data) =>
        Log.Info($"PREGREET {waiting} after {Seconds(after)} from {client}: {Escape(data)}");

    public static void HangUp(string client, TimeSpan after, string when) =>
        Log.Info($"HANGUP after {Seconds(after)} from {client} in tests {when} SMTP handshake");

    public static void BareNewline(string client, string line) => Log.Info($"BARE NEWLINE from {client} after {Escape(line)}");

    public static void NonSmtp(string client, string stage, string line) => Log.Info($"NON-SMTP COMMAND from {client} after {stage}: {Escape(line)}");

    public static void Pipelining(string client, string command, string data) => Log.Info($"COMMAND PIPELINING from {client} after {command}: {Escape(data)}");

    public static void Reject(string client, string reply, string sender, string recipient, string protocol, string hello) =>
        Log.Info($"NOQUEUE: reject: RCPT from {client}: {reply}; from={Printable.Neutralize(sender)}, to={Printable.Neutralize(recipient)}, proto={protocol}, helo=<{Printable.Neutralize(hello)}>");

    private static string Seconds(TimeSpan time)
    {
        double seconds = time.TotalSeconds;
        string text = seconds >= 10 ? Math.Round(seconds).ToString(CultureInfo.InvariantCulture)
            : seconds >= 1 ? seconds.ToString("0.#", CultureInfo.InvariantCulture)
            : seconds.ToString("0.##", CultureInfo.InvariantCulture);
        return text;
    }

    private static string Escape(string text) => CEscape.Quote(text.Length > Shown ? text[..Shown] : text);
}
