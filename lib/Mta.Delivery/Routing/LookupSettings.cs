using Mta.Config;
using Mta.Config.Parameters;
using Mta.Tables;

namespace Mta.Delivery.Routing;

/// <summary>How the servers of a destination are found: values of <c>smtp_*</c> or <c>lmtp_*</c>, read once at start.</summary>
public sealed class LookupSettings
{
    /// <summary>A server that answers with our own name on this port means that mail loops.</summary>
    public const int LoopPort = 25;

    /// <param name="isLmtp">The values are those of <c>lmtp_*</c>.</param>
    /// <exception cref="ConfigurationException">A value makes no sense.</exception>
    public LookupSettings(Configuration configuration, bool isLmtp)
    {
        IsLmtp = isLmtp;
        Ports = new TcpPorts(configuration);
        MyHostname = configuration.Get(GlobalParameters.Myhostname);
        OwnAddresses = configuration.OwnAddresses;
        (UsesIpv4, UsesIpv6) = OwnAddresses.Protocols(configuration);
        DefaultService = Get(SmtpParameters.SmtpTcpPort, LmtpParameters.LmtpTcpPort);
        CnameOverridesServerName = Get(SmtpParameters.SmtpCnameOverridesServername, LmtpParameters.LmtpCnameOverridesServername);
        List<string> options = WordSet.Of(configuration, isLmtp ? LmtpParameters.LmtpDnsResolverOptions : SmtpParameters.SmtpDnsResolverOptions, "res_defnames", "res_dnsrch");
        CompletesNames = options.Contains("res_defnames");
        SearchesNames = options.Contains("res_dnsrch");
        string level = Get(SmtpParameters.SmtpDnsSupportLevel, LmtpParameters.LmtpDnsSupportLevel);
        UsesDns = level.Length > 0 ? level != "disabled" : !configuration.Get(SmtpParameters.DisableDnsLookups);
        ValidatesDnssec = level == "dnssec";
        List<string> methods = WordSet.Of(configuration, isLmtp ? LmtpParameters.LmtpHostLookup : SmtpParameters.SmtpHostLookup, "dns", "native");
        LooksUpInDns = UsesDns && methods.Contains("dns");
        LooksUpNatively = !UsesDns || methods.Contains("native");
        IgnoresMxLookupError = configuration.Get(SmtpParameters.IgnoreMxLookupError);
        DefersWithoutMxAddress = Get(SmtpParameters.SmtpDeferIfNoMxAddressFound, LmtpParameters.LmtpDeferIfNoMxAddressFound);
        SrvServices = TableListSyntax.Split(configuration.Get(SmtpParameters.UseSrvLookup));
        AllowsSrvFallback = configuration.Get(SmtpParameters.AllowSrvLookupFallback);
        IgnoresSrvLookupError = configuration.Get(SmtpParameters.IgnoreSrvLookupError);
        Randomizes = Get(SmtpParameters.SmtpRandomizeAddresses, LmtpParameters.LmtpRandomizeAddresses);
        AddressPreference = Get(SmtpParameters.SmtpAddressPreference, LmtpParameters.LmtpAddressPreference);
        BalancesProtocols = Get(SmtpParameters.SmtpBalanceInetProtocols, LmtpParameters.LmtpBalanceInetProtocols);
        MxAddressLimit = Get(SmtpParameters.SmtpMxAddressLimit, LmtpParameters.LmtpMxAddressLimit);

        T Get<T>(Parameter<T> smtp, Parameter<T> lmtp)
            where T : notnull => configuration.Get(isLmtp ? lmtp : smtp);
    }

    public bool IsLmtp { get; }

    /// <summary>Ports of service names.</summary>
    public TcpPorts Ports { get; }

    public string MyHostname { get; }

    public OwnAddresses OwnAddresses { get; }

    public bool UsesIpv4 { get; }

    public bool UsesIpv6 { get; }

    /// <summary>Port or service of destinations that name none.</summary>
    public string DefaultService { get; }

    /// <summary>This host among the servers means that mail comes back.</summary>
    public bool DetectsLoops { get; init; } = true;

    /// <summary>A server whose name is an alias is called by the name that it stands for.</summary>
    public bool CnameOverridesServerName { get; }

    /// <summary>Short names are looked for in the first domain of resolv.conf.</summary>
    public bool CompletesNames { get; }

    /// <summary>Short names are looked for in all domains of resolv.conf.</summary>
    public bool SearchesNames { get; }

    public bool UsesDns { get; }

    public bool ValidatesDnssec { get; }

    /// <summary>Addresses of hosts come from the DNS.</summary>
    public bool LooksUpInDns { get; }

    /// <summary>Addresses of hosts come from the system, if the DNS has none.</summary>
    public bool LooksUpNatively { get; }

    public bool IgnoresMxLookupError { get; }

    public bool DefersWithoutMxAddress { get; }

    /// <summary>Services whose servers are found by SRV records.</summary>
    public IReadOnlyList<string> SrvServices { get; }

    public bool AllowsSrvFallback { get; }

    public bool IgnoresSrvLookupError { get; }

    public bool Randomizes { get; }

    /// <summary><c>any</c>, <c>ipv4</c> or <c>ipv6</c>.</summary>
    public string AddressPreference { get; }

    public bool BalancesProtocols { get; }

    /// <summary>Addresses that are tried for a destination; 0 is no limit.</summary>
    public int MxAddressLimit { get; }

    /// <summary>Why TLSA records cannot be used; null when they can.</summary>
    public string? WhyNoDane => !LooksUpInDns || !ValidatesDnssec ? "dnssec lookups disabled"
        : IgnoresMxLookupError && !IsLmtp ? "MX lookup errors ignored"
        : null;
}
