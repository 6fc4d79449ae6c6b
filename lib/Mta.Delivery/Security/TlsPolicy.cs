using System.Text;
using Mta.Mail.Protocols;
using Mta.Tls;

namespace Mta.Delivery.Security;

/// <summary>One server, as far as its security depends on it.</summary>
/// <param name="Destination">The next hop as given: what policy tables are asked for.</param>
/// <param name="Domain">The next hop's name without brackets and port.</param>
/// <param name="UsesMx">The server was found by MX records.</param>
/// <param name="Host">The server's name.</param>
/// <param name="Address">Its address, or the path of its socket.</param>
/// <param name="Port">0 for a Unix socket.</param>
public sealed record TlsTarget(string Destination, string Domain, bool UsesMx, string Host, string Address, int Port)
{
    public bool IsUnix => Port == 0;

    /// <summary><c>host[address]:port</c>, for log lines.</summary>
    public string NameWithPort => IsUnix ? $"{Host}[{Address}]" : $"{Host}[{Address}]:{Port}";
}

/// <summary>What a delivery to one server demands, and why.</summary>
public sealed record TlsPolicy(TlsLevel Level)
{
    /// <summary>No TLS, as when nothing is configured.</summary>
    public static TlsPolicy Off { get; } = new(TlsLevel.None);

    /// <summary>Where the level comes from, one reason after another.</summary>
    public IReadOnlyList<string> Why { get; init; } = [];

    /// <summary>The server cannot be used at all; null when it can.</summary>
    public Dsn? Failure { get; init; }

    /// <summary>What a setting of the session makes impossible, found when TLS is to be started; null in the usual case.</summary>
    public string? Obstacle { get; init; }

    public TlsProtocols Protocols { get; init; }

    public string Ciphers { get; init; } = "";

    /// <summary>Names, or fingerprints, of which the certificate must have one.</summary>
    public IReadOnlyList<string> Match { get; init; } = [];

    /// <summary>The name sent to the server; empty is none.</summary>
    public string ServerName { get; init; } = "";

    /// <summary>Why the outside service that found the policy trusts no certificate; null when it leaves that to us.</summary>
    public string? OutsideFailure { get; init; }

    public IReadOnlyList<TlsaRecord> Tlsa { get; init; } = [];

    /// <summary>TLSA records of a form that cannot be used, for the log.</summary>
    public IReadOnlyList<string> UnusableTlsa { get; init; } = [];

    /// <summary>TLSA records ask for encryption, and none of them can be used to see with whom.</summary>
    public bool LacksUsableTlsa { get; init; }

    /// <summary>Names of which one must be in a certificate below a trust anchor of <see cref="Tlsa"/>.</summary>
    public IReadOnlyList<string> TlsaNames { get; init; } = [];

    /// <summary>Trust anchors that replace the authorities.</summary>
    public IReadOnlyList<TlsaRecord> Anchors { get; init; } = [];

    /// <summary>Sessions may be kept for further deliveries.</summary>
    public bool ReusesConnections { get; init; }

    /// <summary>Digest of fingerprints.</summary>
    public string Digest { get; init; } = "sha256";

    /// <summary>Two deliveries with the same key may use the same session. Empty without TLS.</summary>
    public string Key { get; init; } = "";

    public TlsPolicy Because(string reason) => this with { Why = [.. Why, reason] };

    internal string MakeKey(TlsTarget target)
    {
        StringBuilder text = new(Level.Name());
        text.Append('|').Append(Protocols).Append('|').Append(Ciphers).Append('|').Append(ServerName).Append('|').AppendJoin(',', Match);
        if (Level.MustMatch())
        {
            text.Append('|').Append(OutsideFailure);
            text.Append('|').Append(target.Destination).Append('|').Append(target.Host).Append('|').AppendJoin(',', TlsaNames);
        }

        foreach (TlsaRecord record in (IEnumerable<TlsaRecord>)[.. Tlsa, .. Anchors])
        {
            text.Append('|').Append(record.Usage).Append(record.Selector).Append(record.Matching).Append(Convert.ToHexString(record.Data));
        }

        return Convert.ToHexString(TlsLibrary.Digest("sha256", Encoding.UTF8.GetBytes(text.ToString())));
    }
}
