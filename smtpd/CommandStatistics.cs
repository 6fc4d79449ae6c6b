using System.Text;

namespace Mta.Smtpd;

/// <summary>Commands in the order of the <c>disconnect</c> log line.</summary>
internal enum CommandKind : byte
{
    Helo,
    Ehlo,
    Xclient,
    Xforward,
    Starttls,
    Auth,
    Mail,
    Rcpt,
    Data,
    Bdat,
    Rset,
    Noop,
    Vrfy,
    Etrn,
    Quit,
    Unknown,
}

/// <summary>How often a session gave each command, and how often it succeeded. A struct without references: part of every session.</summary>
internal struct CommandStatistics
{
    private static readonly string[] Names = ["helo", "ehlo", "xclient", "xforward", "starttls", "auth", "mail", "rcpt", "data", "bdat", "rset", "noop", "vrfy", "etrn", "quit", "unknown"];
    private Counters _total;
    private Counters _ok;

    public void Begin(CommandKind kind) => _total[(int)kind]++;

    public void Succeed(CommandKind kind) => _ok[(int)kind]++;

    /// <summary>For example <c> ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4</c>.</summary>
    public readonly void AppendTo(StringBuilder line)
    {
        int allOk = 0;
        int all = 0;
        for (int i = 0; i < Names.Length; i++)
        {
            if (_total[i] > 0)
            {
                Append(line, Names[i], _ok[i], _total[i]);
                allOk += _ok[i];
                all += _total[i];
            }
        }

        if (all == 0)
        {
            line.Append(" commands=0/0");
            return;
        }

        Append(line, "commands", allOk, all);
    }

    private static void Append(StringBuilder line, string name, int ok, int total)
    {
        line.Append(' ').Append(name).Append('=').Append(ok);
        if (ok != total)
        {
            line.Append('/').Append(total);
        }
    }

    [System.Runtime.CompilerServices.InlineArray(16)]
    private struct Counters
    {
        private int _first;
    }
}
