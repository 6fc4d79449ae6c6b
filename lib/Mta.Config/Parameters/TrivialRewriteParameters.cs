namespace Mta.Config.Parameters;

/// <summary>Parameters of address rewriting and resolving.</summary>
public static class TrivialRewriteParameters
{
    /// <summary>Take user%domain for user@domain.</summary>
    public static readonly BoolParameter AllowPercentHack = new("allow_percent_hack", true);

    /// <summary>Complete an address without domain with myorigin.</summary>
    public static readonly BoolParameter AppendAtMyorigin = new("append_at_myorigin", true);

    /// <summary>Complete a domain without dot with mydomain.</summary>
    public static readonly BoolParameter AppendDotMydomain = new("append_dot_mydomain", "${{$compatibility_level} <level {1} ? {yes} : {no}}");

    /// <summary>Transport and next hop for remote domains.</summary>
    public static readonly StringParameter DefaultTransport = new("default_transport", "smtp", min: 1);

    /// <summary>Key for the null sender in sender_dependent_default_transport_maps.</summary>
    public static readonly StringParameter EmptyAddressDefaultTransportMapsLookupKey = new("empty_address_default_transport_maps_lookup_key", "<>", min: 1);

    /// <summary>Key for the null sender in sender_dependent_relayhost_maps.</summary>
    public static readonly StringParameter EmptyAddressRelayhostMapsLookupKey = new("empty_address_relayhost_maps_lookup_key", "<>", min: 1);

    /// <summary>Transport and next hop for local domains.</summary>
    public static readonly StringParameter LocalTransport = new("local_transport", "local:$myhostname", min: 1);

    /// <summary>Transport and next hop for relay_domains.</summary>
    public static readonly StringParameter RelayTransport = new("relay_transport", "relay", min: 1);

    /// <summary>Where all remote mail goes.</summary>
    public static readonly StringParameter Relayhost = new("relayhost", "");

    /// <summary>Tables that know where users have moved.</summary>
    public static readonly StringParameter RelocatedMaps = new("relocated_maps", "");

    /// <summary>Put "5.1.6 User has moved to" before the text from relocated_maps.</summary>
    public static readonly BoolParameter RelocatedPrefixEnable = new("relocated_prefix_enable", true);

    /// <summary>Look for domains inside quoted local parts too.</summary>
    public static readonly BoolParameter ResolveDequotedAddress = new("resolve_dequoted_address", true);

    /// <summary>Treat user@ as a local address.</summary>
    public static readonly BoolParameter ResolveNullDomain = new("resolve_null_domain", false);

    /// <summary>Treat user@1.2.3.4 as user@[1.2.3.4].</summary>
    public static readonly BoolParameter ResolveNumericDomain = new("resolve_numeric_domain", false);

    /// <summary>Tables with a default_transport per sender.</summary>
    public static readonly StringParameter SenderDependentDefaultTransportMaps = new("sender_dependent_default_transport_maps", "");

    /// <summary>Tables with a relayhost per sender.</summary>
    public static readonly StringParameter SenderDependentRelayhostMaps = new("sender_dependent_relayhost_maps", "");

    /// <summary>Take site!user for user@site.</summary>
    public static readonly BoolParameter SwapBangpath = new("swap_bangpath", true);

    /// <summary>Tables with transport and next hop per recipient or domain.</summary>
    public static readonly StringParameter TransportMaps = new("transport_maps", "");

    /// <summary>Transport and next hop for virtual_mailbox_domains.</summary>
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
