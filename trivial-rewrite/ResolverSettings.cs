using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail;
using Mta.Tables;

namespace Mta.TrivialRewrite;

/// <summary>The parameters of one resolver: those of deliveries, or their <c>address_verify_*</c> counterparts.</summary>
internal sealed class ResolverSettings
{
    private ResolverSettings(DomainClasses classes, TableRegistry tables, Names names)
    {
        Configuration configuration = classes.Configuration;
        LocalTransport = (names.Local.Name, configuration.Get(names.Local));
        VirtualTransport = (names.Virtual.Name, configuration.Get(names.Virtual));
        RelayTransport = (names.Relay.Name, configuration.Get(names.Relay));
        DefaultTransport = (names.Default.Name, configuration.Get(names.Default));
        Relayhost = configuration.Get(names.Relayhost);
        SenderRelayhosts = Lookup(names.SenderRelayhosts);
        SenderTransports = Lookup(names.SenderTransports);
        Relocated = Lookup(TrivialRewriteParameters.RelocatedMaps);
        Transports = new TransportMap(Lookup(names.Transports), ParentDomains.Match(configuration, TrivialRewriteParameters.TransportMaps.Name));

        AddressLookup Lookup(StringParameter parameter) => new(
            TableList.Open(tables, parameter.Name, configuration.Get(parameter), TableFlags.Usual | TableFlags.NoRegexpSubstitution),
            classes.Extension,
            configuration.Get(GlobalParameters.Myorigin),
            classes.Local.IsLocalAsync);
    }

    public (string Name, string Value) LocalTransport { get; }

    public (string Name, string Value) VirtualTransport { get; }

    public (string Name, string Value) RelayTransport { get; }

    public (string Name, string Value) DefaultTransport { get; }

    public string Relayhost { get; }

    public AddressLookup SenderRelayhosts { get; }

    public AddressLookup SenderTransports { get; }

    public AddressLookup Relocated { get; }

    public TransportMap Transports { get; }

    public static ResolverSettings ForDelivery(TableRegistry tables, DomainClasses classes) => new(classes, tables, new Names(
        TrivialRewriteParameters.LocalTransport,
        TrivialRewriteParameters.VirtualTransport,
        TrivialRewriteParameters.RelayTransport,
        TrivialRewriteParameters.DefaultTransport,
        TrivialRewriteParameters.Relayhost,
        TrivialRewriteParameters.SenderDependentRelayhostMaps,
        TrivialRewriteParameters.SenderDependentDefaultTransportMaps,
        TrivialRewriteParameters.TransportMaps));

    public static ResolverSettings ForVerification(TableRegistry tables, DomainClasses classes) => new(classes, tables, new Names(
        VerifyParameters.AddressVerifyLocalTransport,
        VerifyParameters.AddressVerifyVirtualTransport,
        VerifyParameters.AddressVerifyRelayTransport,
        VerifyParameters.AddressVerifyDefaultTransport,
        VerifyParameters.AddressVerifyRelayhost,
        VerifyParameters.AddressVerifySenderDependentRelayhostMaps,
        VerifyParameters.AddressVerifySenderDependentDefaultTransportMaps,
        VerifyParameters.AddressVerifyTransportMaps));

    private sealed record Names(
        StringParameter Local,
        StringParameter Virtual,
        StringParameter Relay,
        StringParameter Default,
        StringParameter Relayhost,
        StringParameter SenderRelayhosts,
        StringParameter SenderTransports,
        StringParameter Transports);
}
