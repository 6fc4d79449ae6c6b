namespace Mta.Config.Parameters;

/// <summary>Parameters of the local delivery agent.</summary>
public static class LocalParameters
{
    /// <summary>Setting <c>alias_maps</c>.</summary>
    public static readonly StringParameter AliasMaps = new("alias_maps", "hash:/etc/aliases, nis:mail.aliases");

    /// <summary>Setting <c>allow_mail_to_commands</c>.</summary>
    public static readonly StringParameter AllowMailToCommands = new("allow_mail_to_commands", "alias, forward");

    /// <summary>Setting <c>allow_mail_to_files</c>.</summary>
    public static readonly StringParameter AllowMailToFiles = new("allow_mail_to_files", "alias, forward");

    /// <summary>Setting <c>biff</c>.</summary>
    public static readonly BoolParameter Biff = new("biff", true);

    /// <summary>Setting <c>command_execution_directory</c>.</summary>
    public static readonly StringParameter CommandExecutionDirectory = new("command_execution_directory", "") { IsRaw = true };

    /// <summary>Setting <c>command_expansion_filter</c>.</summary>
    public static readonly StringParameter CommandExpansionFilter = new("command_expansion_filter", "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", min: 1);

    /// <summary>Setting <c>default_privs</c>.</summary>
    public static readonly StringParameter DefaultPrivs = new("default_privs", "nobody", min: 1);

    /// <summary>Setting <c>execution_directory_expansion_filter</c>.</summary>
    public static readonly StringParameter ExecutionDirectoryExpansionFilter = new("execution_directory_expansion_filter", "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", min: 1);

    /// <summary>Setting <c>expand_owner_alias</c>.</summary>
    public static readonly BoolParameter ExpandOwnerAlias = new("expand_owner_alias", false);

    /// <summary>Setting <c>fallback_transport</c>.</summary>
    public static readonly StringParameter FallbackTransport = new("fallback_transport", "");

    /// <summary>Setting <c>fallback_transport_maps</c>.</summary>
    public static readonly StringParameter FallbackTransportMaps = new("fallback_transport_maps", "");

    /// <summary>Setting <c>forward_expansion_filter</c>.</summary>
    public static readonly StringParameter ForwardExpansionFilter = new("forward_expansion_filter", "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", min: 1);

    /// <summary>Setting <c>forward_path</c>.</summary>
    public static readonly StringParameter ForwardPath = new("forward_path", "$home/.forward${recipient_delimiter}${extension}, $home/.forward") { IsRaw = true };

    /// <summary>Setting <c>frozen_delivered_to</c>.</summary>
    public static readonly BoolParameter FrozenDeliveredTo = new("frozen_delivered_to", true);

    /// <summary>Setting <c>home_mailbox</c>.</summary>
    public static readonly StringParameter HomeMailbox = new("home_mailbox", "");

    /// <summary>Setting <c>local_command_shell</c>.</summary>
    public static readonly StringParameter LocalCommandShell = new("local_command_shell", "");

    /// <summary>Setting <c>local_delivery_status_filter</c>.</summary>
    public static readonly StringParameter LocalDeliveryStatusFilter = new("local_delivery_status_filter", "$default_delivery_status_filter");

    /// <summary>Setting <c>local_destination_concurrency_limit</c>.</summary>
    public static readonly IntParameter LocalDestinationConcurrencyLimit = new("local_destination_concurrency_limit", 2);

    /// <summary>Setting <c>local_destination_recipient_limit</c>.</summary>
    public static readonly IntParameter LocalDestinationRecipientLimit = new("local_destination_recipient_limit", 1);

    /// <summary>Setting <c>luser_relay</c>.</summary>
    public static readonly StringParameter LuserRelay = new("luser_relay", "") { IsRaw = true };

    /// <summary>Setting <c>mail_spool_directory</c>.</summary>
    public static readonly StringParameter MailSpoolDirectory = new("mail_spool_directory", "/var/mail");

    /// <summary>Setting <c>mailbox_command</c>.</summary>
    public static readonly StringParameter MailboxCommand = new("mailbox_command", "") { IsRaw = true };

    /// <summary>Setting <c>mailbox_command_maps</c>.</summary>
    public static readonly StringParameter MailboxCommandMaps = new("mailbox_command_maps", "");

    /// <summary>Setting <c>mailbox_delivery_lock</c>.</summary>
    public static readonly StringParameter MailboxDeliveryLock = new("mailbox_delivery_lock", "fcntl, dotlock", min: 1);

    /// <summary>Setting <c>mailbox_size_limit</c>.</summary>
    public static readonly SizeParameter MailboxSizeLimit = new("mailbox_size_limit", 51_200_000);

    /// <summary>Setting <c>mailbox_transport</c>.</summary>
    public static readonly StringParameter MailboxTransport = new("mailbox_transport", "");

    /// <summary>Setting <c>mailbox_transport_maps</c>.</summary>
    public static readonly StringParameter MailboxTransportMaps = new("mailbox_transport_maps", "");

    /// <summary>Setting <c>owner_request_special</c>.</summary>
    public static readonly BoolParameter OwnerRequestSpecial = new("owner_request_special", true);

    /// <summary>Setting <c>prepend_delivered_header</c>.</summary>
    public static readonly StringParameter PrependDeliveredHeader = new("prepend_delivered_header", "command, file, forward");

    /// <summary>Setting <c>require_home_directory</c>.</summary>
    public static readonly BoolParameter RequireHomeDirectory = new("require_home_directory", false);

    /// <summary>Setting <c>reset_owner_alias</c>.</summary>
    public static readonly BoolParameter ResetOwnerAlias = new("reset_owner_alias", false);

    /// <summary>Setting <c>strict_mailbox_ownership</c>.</summary>
    public static readonly BoolParameter StrictMailboxOwnership = new("strict_mailbox_ownership", true);

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        AliasMaps,
        AllowMailToCommands,
        AllowMailToFiles,
        Biff,
        CommandExecutionDirectory,
        CommandExpansionFilter,
        DefaultPrivs,
        ExecutionDirectoryExpansionFilter,
        ExpandOwnerAlias,
        FallbackTransport,
        FallbackTransportMaps,
        ForwardExpansionFilter,
        ForwardPath,
        FrozenDeliveredTo,
        HomeMailbox,
        LocalCommandShell,
        LocalDeliveryStatusFilter,
        LocalDestinationConcurrencyLimit,
        LocalDestinationRecipientLimit,
        LuserRelay,
        MailSpoolDirectory,
        MailboxCommand,
        MailboxCommandMaps,
        MailboxDeliveryLock,
        MailboxSizeLimit,
        MailboxTransport,
        MailboxTransportMaps,
        OwnerRequestSpecial,
        PrependDeliveredHeader,
        RequireHomeDirectory,
        ResetOwnerAlias,
        StrictMailboxOwnership,
    ];
}
