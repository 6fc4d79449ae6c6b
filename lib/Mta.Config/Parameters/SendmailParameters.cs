namespace Mta.Config.Parameters;

/// <summary>Parameters of the submission commands.</summary>
public static class SendmailParameters
{
    /// <summary>Other configuration directories that set-gid commands may be told to use.</summary>
    public static readonly StringParameter AlternateConfigDirectories = new("alternate_config_directories", "");

    /// <summary>Who may flush the queue.</summary>
    public static readonly StringParameter AuthorizedFlushUsers = new("authorized_flush_users", "static:anyone");

    /// <summary>Who may see the queue.</summary>
    public static readonly StringParameter AuthorizedMailqUsers = new("authorized_mailq_users", "static:anyone");

    /// <summary>Who may submit mail with sendmail.</summary>
    public static readonly StringParameter AuthorizedSubmitUsers = new("authorized_submit_users", "static:anyone");

    /// <summary>Pattern for the null sender in local_login_sender_maps.</summary>
    public static readonly StringParameter EmptyAddressLocalLoginSenderMapsLookupKey = new("empty_address_local_login_sender_maps_lookup_key", "<>");

    /// <summary>Tables that say which senders a login name may use.</summary>
    public static readonly StringParameter LocalLoginSenderMaps = new("local_login_sender_maps", "static:*");

    /// <summary>What sendmail does about CR at line ends.</summary>
    public static readonly EnumParameter SendmailFixLineEndings = new("sendmail_fix_line_endings", "always", "always", "strict", "never");

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        AlternateConfigDirectories,
        AuthorizedFlushUsers,
        AuthorizedMailqUsers,
        AuthorizedSubmitUsers,
        EmptyAddressLocalLoginSenderMapsLookupKey,
        LocalLoginSenderMaps,
        SendmailFixLineEndings,
    ];
}
