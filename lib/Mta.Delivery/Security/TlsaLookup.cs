using Mta.Dns;
using Mta.Text;
using Mta.Tls;

namespace Mta.Delivery.Security;

/// <summary>What the DNS says about a server's certificate.</summary>
/// <param name="Base">The name below which the records were found.</param>
/// <param name="Records">Those that can be used, weaker digests left out.</param>
/// <param name="Unusable">Those of the right usage whose content makes no sense, as text.</param>
/// <param name="HasRecords">There are records, usable or not.</param>
/// <param name="IsFailed">The DNS could not tell.</param>
internal sealed record TlsaAnswer(string Base, IReadOnlyList<TlsaRecord> Records, IReadOnlyList<string> Unusable, bool HasRecords, bool IsFailed)
{
    public static TlsaAnswer None { get; } = new("", [], [], false, false);
}

/// <summary>Finds TLSA records (RFC 7672 §2.2.2). Answers are used only when DNSSEC proves them. The resolver caches.</summary>
internal sealed class TlsaLookup(IDnsResolver dns, ClientTlsSettings settings, Action<string> warn)
{
    private const int MaxRecords = 100;

    /// <summary>Whether the way from a domain to its servers' names is proven.</summary>
    /// <returns>Null when the DNS cannot tell.</returns>
    public async ValueTask<bool?> IsMxSecureAsync(string domain, CancellationToken stop)
    {
        DnsAnswer answer = await dns.LookupAsync(domain, DnsRecordType.Mx, stop);
        return answer.Status is DnsStatus.Temporary or DnsStatus.Refused or DnsStatus.Malformed ? null : answer.IsSecure;
    }

    public async ValueTask<TlsaAnswer> FindAsync(string host, bool isIpv6, int port, CancellationToken stop)
    {
        if (System.Net.IPAddress.TryParse(host, out _))
        {
            // An address has no name that records could be found by.
            return TlsaAnswer.None;
        }

        DnsAnswer address = await dns.LookupAsync(host, isIpv6 ? DnsRecordType.Aaaa : DnsRecordType.A, stop);
        if (address.IsBogus || address.Status == DnsStatus.Temporary)
        {
            return TlsaAnswer.None with { IsFailed = true };
        }

        bool isAlias = !Ascii.EqualsIgnoreCase(address.CanonicalName, host);
        if (address.IsSecure || settings.ForcesTlsaLookup)
        {
            TlsaAnswer found = await AskAsync(address.CanonicalName, port, stop);
            return !found.HasRecords && !found.IsFailed && isAlias ? await AskAsync(host, port, stop) : found;
        }

        // The address is not proven. An alias that is leads to records at its own name.
        if (isAlias)
        {
            DnsAnswer alias = await dns.LookupAsync(host, DnsRecordType.Cname, stop);
            if (alias.IsBogus || alias.Status == DnsStatus.Temporary)
            {
                return TlsaAnswer.None with { IsFailed = true };
            }

            if (alias.Status == DnsStatus.Ok && alias.IsSecure)
            {
                return await AskAsync(host, port, stop);
            }
        }

        return TlsaAnswer.None;
    }

    private async ValueTask<TlsaAnswer> AskAsync(string name, int port, CancellationToken stop)
    {
        DnsAnswer answer = await dns.LookupAsync($"_{port}._tcp.{name}", DnsRecordType.Tlsa, stop);
        if (answer.IsBogus || answer.Status is DnsStatus.Temporary or DnsStatus.Refused or DnsStatus.Malformed)
        {
            warn($"DANE TLSA lookup problem: Host or domain name not found. Name service error for name=_{port}._tcp.{name} type=TLSA: Host not found, try again");
            return TlsaAnswer.None with { IsFailed = true };
        }

        if (answer.Status != DnsStatus.Ok || !answer.IsSecure)
        {
            return TlsaAnswer.None;
        }

        List<string> unusable = [];
        List<TlsaRecord> usable = Usable(answer.Records, $"_{port}._tcp.{name}", unusable);
        return new TlsaAnswer(name, usable, unusable, true, false);
    }

    private static string Text(byte[] bytes)
    {
        const int most = 64;
        const int part = 32;
        ReadOnlySpan<byte> data = bytes.AsSpan(3);
        string hex = data.Length <= most ? Convert.ToHexString(data) : $"{Convert.ToHexString(data[..part])}...{Convert.ToHexString(data[^part..])}";
        return $"{bytes[0]} {bytes[1]} {bytes[2]} {hex}";
    }

    private List<TlsaRecord> Usable(IReadOnlyList<DnsRecord> records, string owner, List<string> unusable)
    {
        const byte reserved = 255;
        List<TlsaRecord> usable = [];
        for (int i = 0; i < Math.Min(MaxRecords, records.Count); i++)
        {
            byte[] bytes = ByteString.ToBytes(records[i].Data);
            if (bytes.Length <= 3)
            {
                continue;
            }

            if (bytes[0] is not (2 or 3))
            {
                warn($"{owner} unsupported TLSA certificate usage: {Text(bytes)}");
            }
            else if (bytes[2] == reserved)
            {
                warn($"{owner} reserved private-use matching type: {Text(bytes)}");
            }
            else if (IsUsable(bytes))
            {
                usable.Add(new TlsaRecord(bytes[0], bytes[1], bytes[2], bytes[3..]));
            }
            else
            {
                unusable.Add(Text(bytes));
            }
        }

        // RFC 7671 §9: of several digests of the same kind of thing only the strongest counts.
        return usable.FindAll(record => record.Matching == 0
            || !usable.Exists(other => other.Usage == record.Usage && other.Selector == record.Selector && other.Matching != 0 && Strength(other.Matching) < Strength(record.Matching)));
    }

    private bool IsUsable(byte[] bytes)
    {
        byte selector = bytes[1];
        int length = bytes.Length - 3;
        return selector is 0 or 1 && bytes[2] switch
        {
            0 => TlsLibrary.IsWellFormed(bytes.AsSpan(3), isKey: selector == 1),
            1 => length == 32 && Strength(1) < int.MaxValue,
            2 => length == 64 && Strength(2) < int.MaxValue,
            _ => false,
        };
    }

    // Place in tls_dane_digests; what is not listed is not used.
    private int Strength(byte matching)
    {
        string name = matching == 1 ? "sha256" : "sha512";
        for (int i = 0; i < settings.DaneDigests.Count; i++)
        {
            if (Ascii.EqualsIgnoreCase(settings.DaneDigests[i].Split('=')[0], name))
            {
                return i;
            }
        }

        return int.MaxValue;
    }
}
