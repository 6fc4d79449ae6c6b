using Mta.Service;

namespace Mta.Smtpd;

/// <summary>
/// What a proxy said with XFORWARD about the client it serves: for the log and for the agents' logs, never for access.
/// Null is what it did not say.
/// </summary>
internal sealed class ForwardedClient
{
    public string? Name { get; set; }

    /// <summary>Numeric, without tag; <c>unknown</c>.</summary>
    public string? Address { get; set; }

    public string? Port { get; set; }

    public string? Protocol { get; set; }

    public string? HeloName { get; set; }

    /// <summary>The queue ID on the other side.</summary>
    public string? Identifier { get; set; }

    /// <summary>The message comes from inside; null when not said.</summary>
    public bool? IsLocal { get; set; }

    /// <summary><c>name[address]</c>, or the name alone while the address is unknown.</summary>
    public string NameAndAddress => Address is null or ClientIdentity.Unknown
        ? Name ?? ClientIdentity.Unknown
        : $"{Name ?? ClientIdentity.Unknown}[{Address}]";
}
