namespace Mta.Config.Parameters;

/// <summary>Parameters of the virtual mailbox delivery agent.</summary>
public static class VirtualParameters
{
    /// <summary>Setting <c>virtual_delivery_status_filter</c>.</summary>
    public static readonly StringParameter VirtualDeliveryStatusFilter = new("virtual_delivery_status_filter", "$default_delivery_status_filter");

    /// <summary>Setting <c>virtual_gid_maps</c>.</summary>
    public static readonly StringParameter VirtualGidMaps = new("virtual_gid_maps", "");

    /// <summary>Setting <c>virtual_mailbox_base</c>.</summary>
    public static readonly StringParameter VirtualMailboxBase = new("virtual_mailbox_base", "", min: 1);

    /// <summary>Setting <c>virtual_mailbox_limit</c>.</summary>
    public static readonly SizeParameter VirtualMailboxLimit = new("virtual_mailbox_limit", 51_200_000);

    /// <summary>Setting <c>virtual_mailbox_lock</c>.</summary>
    public static readonly StringParameter VirtualMailboxLock = new("virtual_mailbox_lock", "fcntl, dotlock", min: 1);

    /// <summary>Setting <c>virtual_minimum_uid</c>.</summary>
    public static readonly IntParameter VirtualMinimumUid = new("virtual_minimum_uid", 100, min: 1);

    /// <summary>Setting <c>virtual_uid_maps</c>.</summary>
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
