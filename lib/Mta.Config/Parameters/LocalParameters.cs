namespace Mta.Config.Parameters;

/// <summary>Parameters of the local delivery agent.</summary>
public static class LocalParameters
{
    /// <summary>Tables that local delivery searches for aliases.</summary>
    public static readonly StringParameter AliasMaps = new("alias_maps", "hash:/etc/aliases, nis:mail.aliases");

    /// <summary>Where a delivery to a command may be written: aliases, .forward files, :include: files.</summary>
    public static readonly StringParameter AllowMailToCommands = new("allow_mail_to_commands", "alias, forward");

    /// <summary>Where a delivery to a file may be written: aliases, .forward files, :include: files.</summary>
    public static readonly StringParameter AllowMailToFiles = new("allow_mail_to_files", "alias, forward");

    /// <summary>Tell local users about new mail with the comsat service.</summary>
    public static readonly BoolParameter Biff = new("biff", true);

    /// <summary>Directory in which commands of local users run.</summary>
    public static readonly StringParameter CommandExecutionDirectory = new("command_execution_directory", "") { IsRaw = true };

    /// <summary>Characters that stay in $names of mailbox_command; the others become underscores.</summary>
    public static readonly StringParameter CommandExpansionFilter = new("command_expansion_filter", "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", min: 1);

    /// <summary>User whose rights deliveries to files and commands have when nobody else's apply.</summary>
    public static readonly StringParameter DefaultPrivs = new("default_privs", "nobody", min: 1);

    /// <summary>Characters that stay in $names of command_execution_directory.</summary>
    public static readonly StringParameter ExecutionDirectoryExpansionFilter = new("execution_directory_expansion_filter", "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", min: 1);

    /// <summary>Use what owner-alias stands for as the sender, not its name.</summary>
    public static readonly BoolParameter ExpandOwnerAlias = new("expand_owner_alias", false);

    /// <summary>Transport for recipients that local delivery does not know.</summary>
    public static readonly StringParameter FallbackTransport = new("fallback_transport", "");

    /// <summary>Tables with a fallback_transport per recipient.</summary>
    public static readonly StringParameter FallbackTransportMaps = new("fallback_transport_maps", "");

    /// <summary>Characters that stay in $names of forward_path.</summary>
    public static readonly StringParameter ForwardExpansionFilter = new("forward_expansion_filter", "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", min: 1);

    /// <summary>Names of .forward files of local users.</summary>
    public static readonly StringParameter ForwardPath = new("forward_path", "$home/.forward${recipient_delimiter}${extension}, $home/.forward") { IsRaw = true };

    /// <summary>Take Delivered-To loops from the message as it arrived, not as it was forwarded.</summary>
    public static readonly BoolParameter FrozenDeliveredTo = new("frozen_delivered_to", true);

    /// <summary>Mailbox file or maildir/ below the home directory.</summary>
    public static readonly StringParameter HomeMailbox = new("home_mailbox", "");

    /// <summary>Shell for deliveries to commands; empty runs simple ones directly.</summary>
    public static readonly StringParameter LocalCommandShell = new("local_command_shell", "");

    /// <summary>default_delivery_status_filter for local delivery.</summary>
    public static readonly StringParameter LocalDeliveryStatusFilter = new("local_delivery_status_filter", "$default_delivery_status_filter");

    /// <summary>Most local deliveries to one recipient at the same time.</summary>
    public static readonly IntParameter LocalDestinationConcurrencyLimit = new("local_destination_concurrency_limit", 2);

    /// <summary>Most recipients in one local delivery.</summary>
    public static readonly IntParameter LocalDestinationRecipientLimit = new("local_destination_recipient_limit", 1);

    /// <summary>Where mail for unknown local recipients goes.</summary>
    public static readonly StringParameter LuserRelay = new("luser_relay", "") { IsRaw = true };

    /// <summary>Where mailboxes of local users are.</summary>
    public static readonly StringParameter MailSpoolDirectory = new("mail_spool_directory", "/var/mail");

    /// <summary>Command that delivers to local users.</summary>
    public static readonly StringParameter MailboxCommand = new("mailbox_command", "") { IsRaw = true };

    /// <summary>Tables with a mailbox_command per user.</summary>
    public static readonly StringParameter MailboxCommandMaps = new("mailbox_command_maps", "");

    /// <summary>How mailboxes are locked.</summary>
    public static readonly StringParameter MailboxDeliveryLock = new("mailbox_delivery_lock", "fcntl, dotlock", min: 1);

    /// <summary>Largest mailbox or file that is written to.</summary>
    public static readonly SizeParameter MailboxSizeLimit = new("mailbox_size_limit", 51_200_000);

    /// <summary>Transport for all local deliveries after aliases and .forward.</summary>
    public static readonly StringParameter MailboxTransport = new("mailbox_transport", "");

    /// <summary>Tables with a mailbox_transport per recipient.</summary>
    public static readonly StringParameter MailboxTransportMaps = new("mailbox_transport_maps", "");

    /// <summary>Treat owner-list and list-request aliases specially.</summary>
    public static readonly BoolParameter OwnerRequestSpecial = new("owner_request_special", true);

    /// <summary>Deliveries that get a Delivered-To header.</summary>
    public static readonly StringParameter PrependDeliveredHeader = new("prepend_delivered_header", "command, file, forward");

    /// <summary>Local delivery needs a recipient's home directory to exist.</summary>
    public static readonly BoolParameter RequireHomeDirectory = new("require_home_directory", false);

    /// <summary>Forget the owner alias when an alias is expanded again.</summary>
    public static readonly BoolParameter ResetOwnerAlias = new("reset_owner_alias", false);

    /// <summary>Defer delivery to a mailbox that its user does not own.</summary>
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
