using Mta.Dialogues;

namespace Mta.Smtpd.Tests;

/// <summary>The main.cf that all dialogues share, for our server and for Postfix.</summary>
internal static class DialogueSettings
{
    public static readonly (string Name, string Value)[] Common =
    [
        ("compatibility_level", "3.6"),
        ("myhostname", "mx.example.net"),
        ("mydomain", "example.net"),
        ("myorigin", "example.test"),
        ("mydestination", "example.test"),
        ("mynetworks", "127.0.0.1/32"),
        ("inet_protocols", "ipv4"),
        ("alias_maps", ""),
        ("alias_database", ""),
        ("local_recipient_maps", "inline:{known=x, root=x, hold=x}"),
        ("virtual_alias_domains", "alias.test"),
        ("virtual_alias_maps", "inline:{a@alias.test=known@example.test}"),
        ("virtual_mailbox_domains", "virt.test"),
        ("virtual_mailbox_maps", "inline:{v@virt.test=box/}"),
        ("relay_domains", "relay.test"),
        ("relay_recipient_maps", "inline:{r@relay.test=x}"),
        ("recipient_delimiter", "+"),
        ("mail_name", "Postfix"),
        ("smtpd_error_sleep_time", "0"),
        ("smtpd_relay_restrictions", "permit_mynetworks, reject_unauth_destination"),
        ("smtpd_forbid_bare_newline", "normalize"),
        ("smtpd_forbid_bare_newline_exclusions", ""),
        ("smtpd_forbid_unauth_pipelining", "yes"),
        ("smtpd_client_connection_count_limit", "0"),
        ("smtpd_client_connection_rate_limit", "0"),
    ];

    /// <summary>The dialogues of this daemon; those that were asked for (<c>MTA_DIALOGUES</c>).</summary>
    public static IReadOnlyList<Dialogue> All { get; } = Load(Environment.GetEnvironmentVariable("MTA_DIALOGUES") ?? "*");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Dialogue> Everything { get; } = Load("*");

    private static string Root
    {
        get
        {
            string? directory = AppContext.BaseDirectory;
            while (directory is not null && !File.Exists(Path.Combine(directory, "Mta.sln")))
            {
                directory = Path.GetDirectoryName(directory);
            }

            return directory ?? throw new InvalidOperationException("no source tree");
        }
    }

    /// <summary>A file of the source tree.</summary>
    public static string PathOf(string relative) => Path.Combine(Root, relative);

    private static List<Dialogue> Load(string names)
    {
        string[] files = Directory.GetFiles(Path.Combine(Root, "tests/dialogues/smtpd"), names + ".dialogue");
        Array.Sort(files, StringComparer.Ordinal);
        List<Dialogue> dialogues = [.. files.Select(Dialogue.Load)];
        foreach (Dialogue dialogue in dialogues)
        {
            for (int i = 0; i < dialogue.Settings.Count; i++)
            {
                dialogue.Settings[i] = (dialogue.Settings[i].Name, DialoguePeers.Shared.Expand(dialogue.Settings[i].Value));
            }
        }

        return dialogues;
    }
}
