namespace Mta.Dns;

/// <summary>How a lookup ended.</summary>
public enum DnsStatus
{
    /// <summary>There are records.</summary>
    Ok,

    /// <summary>The name does not exist.</summary>
    NotFound,

    /// <summary>The name exists, without a record of this type.</summary>
    NoData,

    /// <summary>No answer now; asking again later makes sense.</summary>
    Temporary,

    /// <summary>The servers refuse to answer.</summary>
    Refused,

    /// <summary>This cannot be a name of the DNS: nothing was asked.</summary>
    InvalidName,

    /// <summary>An answer came whose records make no sense.</summary>
    Malformed,
}

/// <summary>The answer to one question. Failure is never "not found": see <see cref="Status"/>.</summary>
public sealed record DnsAnswer(string Name, DnsRecordType Type, DnsStatus Status)
{
    /// <summary>In the order of the answer.</summary>
    public IReadOnlyList<DnsRecord> Records { get; init; } = [];

    /// <summary>The name at the end of a chain of aliases; the name asked for when there is none.</summary>
    public string CanonicalName { get; init; } = Name;

    /// <summary>DNSSEC proves this answer.</summary>
    public bool IsSecure { get; init; }

    /// <summary>DNSSEC disproves this answer; the status is then <see cref="DnsStatus.Temporary"/>.</summary>
    public bool IsBogus { get; init; }

    public TimeSpan TimeToLive { get; init; }

    /// <summary>
    /// Why there are no records, in the words of log lines and bounces. Empty for <see cref="DnsStatus.Ok"/>.
    /// </summary>
    public string Reason => Status switch
    {
        DnsStatus.Ok => "",
        DnsStatus.NotFound => HostNotFound("Host not found"),
        DnsStatus.NoData => HostNotFound("Host found but no data record of requested type"),
        DnsStatus.Temporary => HostNotFound("Host not found, try again"),
        DnsStatus.Refused => HostNotFound("Non-recoverable error"),
        DnsStatus.InvalidName => $"Name service error for {Name}: invalid host or domain name",
        DnsStatus.Malformed => $"Name service error for name={Name} type={Type.Name()}: Malformed or unexpected name server reply",
    };

    private string HostNotFound(string text) =>
        $"Host or domain name not found. Name service error for name={Name} type={Type.Name()}: {text}";
}
