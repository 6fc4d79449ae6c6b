using Mta.Config;
using Mta.Config.Parameters;
using Mta.Dialogues;
using Mta.Mail;
using Mta.Mail.Addresses;
using Mta.Tables;

namespace Mta.Smtpd.Tests;

/// <summary>
/// tests/dialogues/smtpd.coverage names for every command, command parameter, restriction and table action a dialogue
/// that shows its success and one that shows its error: nothing may be missing, and what it names must be so.
/// </summary>
public sealed class CoverageTests
{
    private static readonly string[] CommandParameters =
    [
        "MAIL BODY=", "MAIL SIZE=", "MAIL SMTPUTF8", "MAIL AUTH=", "MAIL XVERP", "MAIL RET=", "MAIL ENVID=", "RCPT NOTIFY=", "RCPT ORCPT=",
        "XCLIENT NAME=", "XCLIENT REVERSE_NAME=", "XCLIENT ADDR=", "XCLIENT PORT=", "XCLIENT HELO=", "XCLIENT PROTO=", "XCLIENT LOGIN=", "XCLIENT DESTADDR=", "XCLIENT DESTPORT=",
        "XFORWARD NAME=", "XFORWARD ADDR=", "XFORWARD PORT=", "XFORWARD HELO=", "XFORWARD PROTO=", "XFORWARD IDENT=", "XFORWARD SOURCE=",
    ];

    private static readonly string[] Actions =
    [
        "OK", "RELAY", "REJECT", "DEFER", "DEFER_IF_PERMIT", "DEFER_IF_REJECT", "DUNNO", "HOLD", "DISCARD", "FILTER", "REDIRECT", "BCC", "PREPEND", "WARN", "INFO", "HANGUP",
    ];

    private static readonly Dictionary<string, Dialogue> Dialogues = DialogueSettings.Everything.ToDictionary(static dialogue => dialogue.Name);

    private sealed record Row(string Kind, string Name, string Success, string Error);

    private static List<Row> Rows { get; } = [.. File.ReadLines(DialogueSettings.PathOf("tests/dialogues/smtpd.coverage"))
        .Where(static line => line.Length > 0 && line[0] != '#')
        .Select(static line => line.Split('|', StringSplitOptions.TrimEntries))
        .Select(static cells => new Row(cells[0], cells[1], cells[2], cells[3]))];

    [Fact]
    public void Nothing_is_left_out()
    {
        Configuration configuration = Configuration.FromText("mynetworks = 127.0.0.1/32\n", processName: "smtpd", serviceName: "smtp");
        var tables = new TableRegistry(configuration.TableSettings(isDaemon: true, static _ => { }, static _ => { }));
        var extension = new AddressExtension("+", "double-bounce", true);
        var catalog = new RestrictionCatalog(
            configuration, tables, AddressMatchList.Create(configuration, GlobalParameters.Mynetworks, tables), configuration.OwnAddresses, extension, new LocalDomains(configuration, tables).IsLocalAsync);
        List<string> all = [.. CommandTable.Names.Select(static name => $"command {name}"), .. CommandParameters.Select(static name => $"parameter {name}"),
            .. catalog.Names.Select(static name => $"restriction {name}"), .. Actions.Select(static name => $"action {name}")];
        List<string> listed = [.. Rows.Select(static row => $"{row.Kind} {row.Name}")];
        Assert.Equal(all.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_listed_is_shown()
    {
        List<string> problems = [];
        foreach (Row row in Rows)
        {
            Check(row, row.Success, isError: false, problems);
            Check(row, row.Error, isError: true, problems);
        }

        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    // "-" and a reason: there is no such case. "FILE: TEXT": shown by another test, which has this text.
    private static void Check(Row row, string shown, bool isError, List<string> problems)
    {
        string place = $"{row.Kind} {row.Name}, {(isError ? "error" : "success")}: {shown}";
        if (shown.StartsWith("- ", StringComparison.Ordinal))
        {
            return;
        }

        int colon = shown.IndexOf(": ", StringComparison.Ordinal);
        if (colon > 0)
        {
            string path = DialogueSettings.PathOf(shown[..colon]);
            if (!File.Exists(path) || !File.ReadAllText(path).Contains(shown[(colon + 2)..], StringComparison.Ordinal))
            {
                problems.Add($"{place}: no such text there");
            }

            return;
        }

        if (!Dialogues.TryGetValue(shown, out Dialogue? dialogue))
        {
            problems.Add($"{place}: no such dialogue");
        }
        else if (!(row.Kind is "command" or "parameter" ? HasCommand(dialogue, row.Name, isError) : HasSetting(dialogue, row.Name, isError)))
        {
            problems.Add($"{place}: the dialogue does not show it");
        }
    }

    // The command is said, and answered like this.
    private static bool HasCommand(Dialogue dialogue, string name, bool isError)
    {
        string[] words = name.Split(' ');
        string? said = null;
        foreach (DialogueLine line in dialogue.LinesFor(DialogueServer.Mta))
        {
            if (line.Kind == 'C')
            {
                said = line.Text;
            }
            else if (line.Kind == 'S' && said is not null && !(line.Text.Length > 3 && line.Text[3] == '-'))
            {
                bool isThis = said.StartsWith(words[0], StringComparison.OrdinalIgnoreCase) && (words.Length == 1 || said.Contains(words[1], StringComparison.OrdinalIgnoreCase));
                if (isThis && line.Text.Length > 0 && (isError ? line.Text[0] is '4' or '5' : line.Text[0] is '2' or '3'))
                {
                    return true;
                }

                said = null;
            }
        }

        return false;
    }

    // The word stands in a setting, and a command was accepted, or refused, or the setting complained of.
    private static bool HasSetting(Dialogue dialogue, string name, bool isError)
    {
        bool isSet = dialogue.Settings.Exists(setting => System.Text.RegularExpressions.Regex.IsMatch(setting.Value, $"(?<![A-Za-z_]){name}(?![A-Za-z_])"));
        IEnumerable<string> replies = dialogue.LinesFor(DialogueServer.Mta).Where(static line => line.Kind == 'S').Select(static line => line.Text);
        if (isSet && isError && dialogue.LinesFor(DialogueServer.Mta).Any(line => line.Kind == 'L' && line.Text.StartsWith("warning: ", StringComparison.Ordinal) && line.Text.Contains(name, StringComparison.Ordinal)))
        {
            return true;
        }

        return isSet && replies.Any(reply => isError
            ? reply.Length > 0 && reply[0] is '4' or '5' || reply == "<EOF>"
            : reply.StartsWith("250 2.1.5", StringComparison.Ordinal) || reply.StartsWith("354", StringComparison.Ordinal) || reply.StartsWith("252", StringComparison.Ordinal) || reply.StartsWith("250 Queuing", StringComparison.Ordinal));
    }
}
