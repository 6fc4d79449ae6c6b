using Mta.Delivery.Orders;
using Mta.Linux;
using Mta.Mail;
using Mta.Mail.Protocols;

namespace Mta.Delivery;

/// <summary>What the end of a command means for a recipient: exit statuses of sysexits.h, or a status code in its output.</summary>
public static class CommandStatus
{
    private const int TemporaryFailure = 75;

    private static readonly (string Status, string Text)[] Sysexits =
    [
        ("5.3.0", "command line usage error"),
        ("5.6.0", "data format error"),
        ("5.3.0", "cannot open input"),
        ("5.1.1", "user unknown"),
        ("5.1.2", "host name unknown"),
        ("5.3.0", "service unavailable"),
        ("5.3.0", "internal software error"),
        ("4.3.0", "system resource problem"),
        ("5.3.0", "critical OS file missing"),
        ("5.2.0", "can't create user output file"),
        ("5.3.0", "input/output error"),
        ("4.3.0", "temporary failure"),
        ("5.5.0", "remote error in protocol"),
        ("5.7.0", "permission denied"),
        ("5.3.5", "local configuration error"),
    ];

    /// <param name="command">As shown in texts.</param>
    /// <returns>Null for success.</returns>
    public static Dsn? FailureOf(OrderResult result, string command)
    {
        string output = result.Reason.Length > 0 ? $". Command output: {result.Reason}" : "";
        switch (result.Outcome)
        {
            case OrderOutcome.Exited when result.Number == 0:
                return null;
            case OrderOutcome.Exited:
                return OfExit((int)result.Number, result.Reason, command, output);
            case OrderOutcome.Killed:
                return new Dsn("4.3.0", "", $"Command died with signal {result.Number}: \"{command}\"{output}");
            case OrderOutcome.TimedOut:
                return new Dsn("5.3.0", "", $"Command time limit exceeded: \"{command}\"{output}");
            case OrderOutcome.NotStarted:
                return new Dsn("4.3.0", "", $"Delivery failed: {Errno.Text((int)result.Number)}");
            default:
                return result.Status.StartsWith('5')
                    ? new Dsn(result.Status, "", $"Command failed: {result.Reason}: \"{command}\"")
                    : new Dsn("4.3.0", "", result.Reason);
        }
    }

    private static Dsn OfExit(int code, string said, string command, string output)
    {
        if (EnhancedStatus.TryParsePrefix(said, out EnhancedStatus status, out int length))
        {
            string text = said[length..].TrimStart(' ');
            return new Dsn(status.ToString(), "", text, "x-unix", text);
        }

        if (code is < 64 or > 78)
        {
            return new Dsn("5.3.0", "", $"Command died with status {code}: \"{command}\"{output}");
        }

        (string known, string meaning) = Sysexits[code - 64];
        return new Dsn(known, "", meaning + output, "x-unix", code == TemporaryFailure || said.Length == 0 ? meaning : said);
    }
}
