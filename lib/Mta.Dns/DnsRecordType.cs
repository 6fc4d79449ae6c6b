namespace Mta.Dns;

/// <summary>Record types that a mail system asks for (RFC 1035 §3.2.2 and later registrations).</summary>
public enum DnsRecordType
{
    A = 1,
    Ns = 2,
    Cname = 5,
    Ptr = 12,
    Mx = 15,
    Txt = 16,
    Aaaa = 28,
    Srv = 33,
    Tlsa = 52,
}

/// <summary>Names of <see cref="DnsRecordType"/> as they stand in log lines.</summary>
public static class DnsRecordTypes
{
    public static string Name(this DnsRecordType type) => type switch
    {
        DnsRecordType.A => "A",
        DnsRecordType.Ns => "NS",
        DnsRecordType.Cname => "CNAME",
        DnsRecordType.Ptr => "PTR",
        DnsRecordType.Mx => "MX",
        DnsRecordType.Txt => "TXT",
        DnsRecordType.Aaaa => "AAAA",
        DnsRecordType.Srv => "SRV",
        DnsRecordType.Tlsa => "TLSA",
    };
}
