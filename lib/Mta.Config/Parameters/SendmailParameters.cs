namespace Mta.Config.Parameters;

/// <summary>Parameters of the submission commands.</summary>
public static class SendmailParameters
{
    /// <summary>Setting <c>alternate_config_directories</c>.</summary>
    public static readonly StringParameter AlternateConfigDirectories = new("alternate_config_directories", "");

    /// <summary>Setting <c>authorized_flush_users</c>.</summary>
    public static readonly StringParameter AuthorizedFlushUsers = new("authorized_flush_users", "static:anyone");

    /// <summary>Setting <c>authorized_mailq_users</c>.</summary>
    public static readonly StringParameter AuthorizedMailqUsers = new("authorized_mailq_users", "static:anyone");

    /// <summary>Setting <c>authorized_submit_users</c>.</summary>
    public static readonly StringParameter AuthorizedSubmitUsers = new("authorized_submit_users", "static:anyone");

    /// <summary>Setting <c>empty_address_local_login_sender_maps_lookup_key</c>.</summary>
    public static readonly StringParameter EmptyAddressLocalLoginSenderMapsLookupKey = new("empty_address_local_login_sender_maps_lookup_key", "<>");

    /// <summary>Setting <c>local_login_sender_maps</c>.</summary>
    public static readonly StringParameter LocalLoginSenderMaps = new("local_login_sender_maps", "static:*");

    /// <summary>Setting <c>sendmail_fix_line_endings</c>.</summary>
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
