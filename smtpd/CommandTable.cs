using Mta.Smtpd.Commands;
using Mta.Text;

namespace Mta.Smtpd;

/// <summary>Runs one command: replies, and tells whether it succeeded.</summary>
/// <param name="words">The command line in words, the command itself first.</param>
internal delegate ValueTask<bool> CommandHandler(Session session, List<CommandToken> words, CancellationToken stop);

/// <summary>One command.</summary>
/// <param name="MustEndGroup">Nothing may be sent behind it before its reply (RFC 2920 §3.1).</param>
/// <param name="IsJunk">Counts towards <c>smtpd_junk_command_limit</c>.</param>
internal sealed record CommandEntry(string Name, CommandKind Kind, bool MustEndGroup, bool IsJunk, CommandHandler Run);

/// <summary>Every command, in no order that matters.</summary>
internal static class CommandTable
{
    private static readonly CommandEntry[] Entries =
    [
        new("MAIL", CommandKind.Mail, false, false, MailCommand.RunAsync),
        new("RCPT", CommandKind.Rcpt, false, false, RcptCommand.RunAsync),
        new("DATA", CommandKind.Data, true, false, DataCommand.RunAsync),
        new("BDAT", CommandKind.Bdat, false, false, BdatCommand.RunAsync),
        new("EHLO", CommandKind.Ehlo, true, true, HelloCommand.RunEhloAsync),
        new("HELO", CommandKind.Helo, true, true, HelloCommand.RunHeloAsync),
        new("RSET", CommandKind.Rset, false, true, SmallCommands.RunRsetAsync),
        new("NOOP", CommandKind.Noop, true, true, SmallCommands.RunNoopAsync),
        new("VRFY", CommandKind.Vrfy, true, true, VrfyCommand.RunAsync),
        new("ETRN", CommandKind.Etrn, false, true, EtrnCommand.RunAsync),
        new("QUIT", CommandKind.Quit, false, false, SmallCommands.RunQuitAsync),

        new("XCLIENT", CommandKind.Xclient, false, false, ForwardingCommands.RunXclientAsync),
        new("XFORWARD", CommandKind.Xforward, false, false, ForwardingCommands.RunXforwardAsync),

        // Known by name, since clients are told why they get none of them.
        new("STARTTLS", CommandKind.Starttls, false, false, StartTlsCommand.RunAsync),
        new("AUTH", CommandKind.Auth, false, false, AuthCommand.RunAsync),
    ];

    public static IEnumerable<string> Names => Entries.Select(static entry => entry.Name);

    public static CommandEntry? Find(string word)
    {
        foreach (CommandEntry entry in Entries)
        {
            if (Ascii.EqualsIgnoreCase(entry.Name, word))
            {
                return entry;
            }
        }

        return null;
    }
}
