namespace Mta.Config.Parameters;

/// <summary>Parameters of address rewriting and resolving.</summary>
public static class TrivialRewriteParameters
{
    /// <summary>Setting <c>allow_percent_hack</c>.</summary>
    public static readonly BoolParameter AllowPercentHack = new("allow_percent_hack", true);

    /// <summary>Setting <c>append_at_myorigin</c>.</summary>
    public static readonly BoolParameter AppendAtMyorigin = new("append_at_myorigin", true);

    /// <summary>Setting <c>append_dot_mydomain</c>.</summary>
    public static readonly BoolParameter AppendDotMydomain = new("append_dot_mydomain", "${{$compatibility_level} <level {1} ? {yes} : {no}}");

    /// <summary>Setting <c>default_transport</c>.</summary>
    public static readonly StringParameter DefaultTransport = new("default_transport", "smtp", min: 1);

    /// <summary>Setting <c>empty_address_default_transport_maps_lookup_key</c>.</summary>
    public static readonly StringParameter EmptyAddressDefaultTransportMapsLookupKey = new("empty_address_default_transport_maps_lookup_key", "<>", min: 1);

    /// <summary>Setting <c>empty_address_relayhost_maps_lookup_key</c>.</summary>
    public static readonly StringParameter EmptyAddressRelayhostMapsLookupKey = new("empty_address_relayhost_maps_lookup_key", "<>", min: 1);

    /// <summary>Setting <c>local_transport</c>.</summary>
    public static readonly StringParameter LocalTransport = new("local_transport", "local:$myhostname", min: 1);

    /// <summary>Setting <c>relay_transport</c>.</summary>
    public static readonly StringParameter RelayTransport = new("relay_transport", "relay", min: 1);

    /// <summary>Setting <c>relayhost</c>.</summary>
    public static readonly StringParameter Relayhost = new("relayhost", "");

    /// <summary>Setting <c>relocated_maps</c>.</summary>
    public static readonly StringParameter RelocatedMaps = new("relocated_maps", "");

    /// <summary>Setting <c>relocated_prefix_enable</c>.</summary>
    public static readonly BoolParameter RelocatedPrefixEnable = new("relocated_prefix_enable", true);

    /// <summary>Setting <c>resolve_dequoted_address</c>.</summary>
    public static readonly BoolParameter ResolveDequotedAddress = new("resolve_dequoted_address", true);

    /// <summary>Setting <c>resolve_null_domain</c>.</summary>
    public static readonly BoolParameter ResolveNullDomain = new("resolve_null_domain", false);

    /// <summary>Setting <c>resolve_numeric_domain</c>.</summary>
    public static readonly BoolParameter ResolveNumericDomain = new("resolve_numeric_domain", false);

    /// <summary>Setting <c>sender_dependent_default_transport_maps</c>.</summary>
    public static readonly StringParameter SenderDependentDefaultTransportMaps = new("sender_dependent_default_transport_maps", "");

    /// <summary>Setting <c>sender_dependent_relayhost_maps</c>.</summary>
    public static readonly StringParameter SenderDependentRelayhostMaps = new("sender_dependent_relayhost_maps", "");

    /// <summary>Setting <c>swap_bangpath</c>.</summary>
    public static readonly BoolParameter SwapBangpath = new("swap_bangpath", true);

    /// <summary>Setting <c>transport_maps</c>.</summary>
    public static readonly StringParameter TransportMaps = new("transport_maps", "");

    /// <summary>Setting <c>virtual_transport</c>.</summary>
    public static readonly StringParameter VirtualTransport = new("virtual_transport", "virtual", min: 1);

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        AllowPercentHack,
        AppendAtMyorigin,
        AppendDotMydomain,
        DefaultTransport,
        EmptyAddressDefaultTransportMapsLookupKey,
        EmptyAddressRelayhostMapsLookupKey,
        LocalTransport,
        RelayTransport,
        Relayhost,
        RelocatedMaps,
        RelocatedPrefixEnable,
        ResolveDequotedAddress,
        ResolveNullDomain,
        ResolveNumericDomain,
        SenderDependentDefaultTransportMaps,
        SenderDependentRelayhostMaps,
        SwapBangpath,
        TransportMaps,
        VirtualTransport,
    ];
}
