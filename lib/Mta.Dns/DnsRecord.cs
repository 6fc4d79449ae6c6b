using System.Net;

namespace Mta.Dns;

/// <summary>One record of an answer; which fields count depends on the type.</summary>
public sealed record DnsRecord(DnsRecordType Type)
{
    /// <summary>MX preference, SRV priority.</summary>
    public int Preference { get; init; }

    public int Weight { get; init; }

    public int Port { get; init; }

    /// <summary>MX, NS, SRV and PTR: the name pointed to, without the dot at its end; empty is the root.</summary>
    public string Target { get; init; } = "";

    /// <summary>A and AAAA.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>TXT: the strings joined. TLSA: the record as it is. Byte string.</summary>
    public string Data { get; init; } = "";
}
