namespace Mta.Config.Parameters;

/// <summary>Parameters of the virtual mailbox delivery agent.</summary>
public static class VirtualParameters
{
    /// <summary>default_delivery_status_filter for virtual mailboxes.</summary>
    public static readonly StringParameter VirtualDeliveryStatusFilter = new("virtual_delivery_status_filter", "$default_delivery_status_filter");

    /// <summary>Tables with the group number per recipient.</summary>
    public static readonly StringParameter VirtualGidMaps = new("virtual_gid_maps", "");

    /// <summary>Directory that all virtual mailboxes are below.</summary>
    public static readonly StringParameter VirtualMailboxBase = new("virtual_mailbox_base", "", min: 1);

    /// <summary>Largest virtual mailbox file or maildir message.</summary>
    public static readonly SizeParameter VirtualMailboxLimit = new("virtual_mailbox_limit", 51_200_000);

    /// <summary>How virtual mailboxes are locked.</summary>
    public static readonly StringParameter VirtualMailboxLock = new("virtual_mailbox_lock", "fcntl, dotlock", min: 1);

    /// <summary>Lowest user number that is delivered for.</summary>
    public static readonly IntParameter VirtualMinimumUid = new("virtual_minimum_uid", 100, min: 1);

    /// <summary>Tables with the user number per recipient.</summary>
    public static readonly StringParameter VirtualUidMaps = new("virtual_uid_maps", "");

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        VirtualDeliveryStatusFilter,
        VirtualGidMaps,
        VirtualMailboxBase,
        VirtualMailboxLimit,
        VirtualMailboxLock,
        VirtualMinimumUid,
        VirtualUidMaps,
    ];
}
