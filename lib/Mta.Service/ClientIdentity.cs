using Mta.Mail.Addresses;

namespace Mta.Service;

/// <summary>What the name lookups of a client's address came to; the numbers are those of the Milter protocol's peers.</summary>
public enum NameStatus
{
    Ok = 2,
    Temporary = 4,
    Permanent = 5,

    /// <summary>The name that the address has is not one of that address.</summary>
    Forged = 6,
}

/// <summary>Who the client is: address, verified name, unverified name.</summary>
/// <param name="Address">Numeric, without brackets and tag.</param>
/// <param name="Port">0 when unknown.</param>
/// <param name="Family">2 IPv4, 10 IPv6; 0 for a client on a local stream.</param>
/// <param name="Name">Verified name or <c>unknown</c>.</param>
/// <param name="ReverseName">Name from the reverse lookup alone, or <c>unknown</c>.</param>
public sealed record ClientIdentity(string Address, int Port, int Family, string Name, NameStatus NameStatus, string ReverseName, NameStatus ReverseStatus)
{
    /// <summary>In place of what is not known.</summary>
    public const string Unknown = "unknown";

    /// <summary>A client on a local stream, such as that of <c>sendmail -bs</c>.</summary>
    public static readonly ClientIdentity Local = new("127.0.0.1", 0, 2, "localhost", NameStatus.Ok, "localhost", NameStatus.Ok);

    /// <summary>The peer had gone before it could be asked for.</summary>
    public static readonly ClientIdentity Gone = new(Unknown, 0, 2, Unknown, NameStatus.Permanent, Unknown, NameStatus.Permanent);

    /// <summary><c>name[address]</c>, as in every log line.</summary>
    public string NameAndAddress { get; } = $"{Name}[{Address}]";

    /// <summary>With the tag <c>IPv6:</c> where RFC 5321 wants it.</summary>
    public string TaggedAddress => DomainSyntax.ToRfc5321(Address);
}
