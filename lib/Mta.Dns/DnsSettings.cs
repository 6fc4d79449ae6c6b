namespace Mta.Dns;

/// <summary>What the resolver needs to know of the configuration.</summary>
public sealed record DnsSettings
{
    /// <summary>Check DNSSEC signatures from the root on. Needs a recursive server that passes them on.</summary>
    public bool ValidatesDnssec { get; init; }

    /// <summary>Ask this server instead of those in resolv.conf: <c>address</c> or <c>address@port</c>; empty is not set.</summary>
    public string ForwardAddress { get; init; } = "";

    public string ResolverFile { get; init; } = "/etc/resolv.conf";

    /// <summary>Key of the DNS root for <see cref="ValidatesDnssec"/>.</summary>
    public string TrustAnchorFile { get; init; } = "/usr/share/dns/root.key";

    /// <summary>Longest wait for an answer; then the answer is <see cref="DnsStatus.Temporary"/>.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Questions open at the same time; more wait for their turn.</summary>
    public int MaxConcurrent { get; init; } = 1000;
}
