using System.Net;
using System.Text;
using Mta.Dns;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Service;
using Mta.Text;
using Ascii = Mta.Text.Ascii;

namespace Mta.Smtpd.Restrictions;

/// <summary>What is looked up in a DNS list.</summary>
internal enum BlockListKey
{
    Address,
    Name,
}

/// <summary>
/// <c>reject_rbl_client</c>, <c>reject_rhsbl_*</c>, <c>permit_dnswl_client</c>, <c>permit_rhswl_client</c>: lists of
/// addresses and domains in the DNS (RFC 5782).
/// </summary>
/// <param name="specification"><c>domain</c> or <c>domain=filter</c>.</param>
internal sealed class BlockList(
    string name, string specification, BlockListKey key, Subject subject, bool permits, DomainLookups lookups, BlockListReplies replies) : Restriction(name)
{
    private readonly string _domain = specification.Contains('=') ? specification[..specification.IndexOf('=')] : specification;
    private readonly ReplyFilter? _filter = specification.Contains('=') ? ReplyFilter.Parse(specification[(specification.IndexOf('=') + 1)..]) : null;

    public override async ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop)
    {
        (string what, string about, string replyClass) = Target(at);
        string? query = key == BlockListKey.Address ? ReversedAddress(what) : NameQuery(what);
        if (query is null || (permits && !await IsOursAsync(at, stop)))
        {
            return Verdict.Dunno;
        }

        query += "." + _domain;
        DnsAnswer answer = await lookups.LookupAsync(query, DnsRecordType.A, stop);
        if (answer.Status is not (DnsStatus.Ok or DnsStatus.NotFound or DnsStatus.NoData))
        {
            LogLines.Warning($"{query}: RBL lookup error: {answer.Reason}");
            if (permits && answer.Status == DnsStatus.Temporary)
            {
                at.DeferIfReject(450, "4.7.1", about, replyClass, "Service unavailable");
            }

            return Verdict.Dunno;
        }

        bool isListed = false;
        foreach (DnsRecord record in answer.Records)
        {
            isListed |= record.Address is not null && (_filter is null || _filter.Matches(record.Address));
        }

        if (!isListed)
        {
            return Verdict.Dunno;
        }

        return permits
            ? Verdict.Permit
            : await replies.RejectAsync(at, specification, _domain, about, replyClass, await ReasonAsync(query, stop), stop);
    }

    private (string What, string About, string ReplyClass) Target(Evaluation at)
    {
        ClientIdentity client = at.Session.Client;
        return (key, subject) switch
        {
            (BlockListKey.Address, _) => (client.Address, client.Address, ReplyClass.Client),
            (_, Subject.Client) => (client.Name, client.Name, ReplyClass.Client),
            (_, Subject.ReverseClient) => (client.ReverseName, client.ReverseName, ReplyClass.UnverifiedClient),
            (_, Subject.Helo) => (at.Session.HeloName ?? "", at.Session.HeloName ?? "", ReplyClass.Helo),
            (_, Subject.Sender) => (AddressSyntax.Domain(at.Sender).ToString(), at.Sender, ReplyClass.Sender),
            (_, Subject.Recipient) => (AddressSyntax.Domain(at.Recipient).ToString(), at.Recipient ?? "", ReplyClass.Recipient),
            _ => ("", "", ReplyClass.Client),
        };
    }

    // A list may open the door to our own domains only, never for relaying.
    private static async ValueTask<bool> IsOursAsync(Evaluation at, CancellationToken stop)
    {
        if (at.Recipient is not { } recipient)
        {
            return false;
        }

        ResolveReply resolved = await at.Server.Resolver.ResolveAsync(recipient, stop);
        return (resolved.Flags & (ResolveFlags.Routed | ResolveFlags.Fail | ResolveFlags.Error)) == 0
            && resolved.Class is ResolveFlags.ClassLocal or ResolveFlags.ClassAlias or ResolveFlags.ClassVirtual or ResolveFlags.ClassRelay;
    }

    private async ValueTask<string> ReasonAsync(string query, CancellationToken stop)
    {
        const int MaxLength = 500;
        DnsAnswer answer = await lookups.LookupAsync(query, DnsRecordType.Txt, stop);
        var reason = new StringBuilder();
        foreach (DnsRecord record in answer.Records)
        {
            reason.Append(reason.Length == 0 ? "" : " / ").Append(record.Data);
        }

        return Printable.Neutralize(reason.Length > MaxLength ? reason.ToString(0, MaxLength) : reason.ToString());
    }

    private static string? ReversedAddress(string address)
    {
        if (!IPAddress.TryParse(address, out IPAddress? parsed))
        {
            return null;
        }

        byte[] bytes = parsed.GetAddressBytes();
        var query = new StringBuilder();
        for (int i = bytes.Length - 1; i >= 0; i--)
        {
            query.Append(query.Length == 0 ? "" : ".");
            _ = bytes.Length == 4
                ? query.Append(bytes[i])
                : query.Append((bytes[i] & 0xF).ToString("x")).Append('.').Append((bytes[i] >> 4).ToString("x"));
        }

        return query.ToString();
    }

    private static string? NameQuery(string domain)
    {
        if (domain.Length == 0 || domain == ClientIdentity.Unknown || !DomainSyntax.TryToAscii(domain, out string ascii) || !DomainSyntax.IsValidHostName(ascii))
        {
            return null;
        }

        // A top label of digits is part of an address.
        return Ascii.IsDigit(ascii[ascii.LastIndexOf('.') + 1]) && ascii[(ascii.LastIndexOf('.') + 1)..].AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 ? null : ascii;
    }

    /// <summary>Which answers count: <c>127.0.0.[2;4..8]</c>.</summary>
    internal sealed class ReplyFilter
    {
        private readonly List<(int Low, int High)>[] _octets;

        private ReplyFilter(List<(int Low, int High)>[] octets) => _octets = octets;

        /// <exception cref="FatalException">The filter is malformed.</exception>
        public static ReplyFilter Parse(string text)
        {
            var octets = new List<(int, int)>[4];
            string[] parts = SplitOctets(text);
            if (parts.Length != 4)
            {
                throw new FatalException($"bad DNSBL filter: {text}");
            }

            for (int i = 0; i < 4; i++)
            {
                octets[i] = [];
                string part = parts[i].StartsWith('[') && parts[i].EndsWith(']') ? parts[i][1..^1] : parts[i];
                foreach (string range in part.Split(';'))
                {
                    string[] ends = range.Split("..");
                    if (ends.Length > 2 || !byte.TryParse(ends[0], out byte low) || !byte.TryParse(ends[^1], out byte high) || low > high)
                    {
                        throw new FatalException($"bad DNSBL filter: {text}");
                    }

                    octets[i].Add((low, high));
                }
            }

            return new ReplyFilter(octets);
        }

        public bool Matches(IPAddress address)
        {
            byte[] bytes = address.GetAddressBytes();
            for (int i = 0; i < 4; i++)
            {
                if (bytes.Length != 4 || !_octets[i].Exists(range => bytes[i] >= range.Low && bytes[i] <= range.High))
                {
                    return false;
                }
            }

            return true;
        }

        // Dots inside brackets separate ranges, not octets.
        private static string[] SplitOctets(string text)
        {
            List<string> parts = [];
            int depth = 0;
            int start = 0;
            for (int i = 0; i <= text.Length; i++)
            {
                char c = i < text.Length ? text[i] : '.';
                depth += c == '[' ? 1 : c == ']' ? -1 : 0;
                if (c == '.' && depth == 0)
                {
                    parts.Add(text[start..i]);
                    start = i + 1;
                }
            }

            return [.. parts];
        }
    }
}
