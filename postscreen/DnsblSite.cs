using System.Net;
using Mta.Dns;
using Mta.Tables;
using Mta.Text;

namespace Mta.Postscreen;

/// <summary>One entry of <c>postscreen_dnsbl_sites</c>: <c>domain[=filter][*weight]</c>.</summary>
internal sealed class DnsblSite
{
    private readonly List<(int Low, int High)>[]? _filter;

    private DnsblSite(string domain, List<(int, int)>[]? filter, int weight)
    {
        Domain = domain;
        _filter = filter;
        Weight = weight;
    }

    public string Domain { get; }

    public int Weight { get; }

    /// <exception cref="FatalException">An entry is malformed.</exception>
    public static List<DnsblSite> ParseList(string text) => TableListSyntax.Split(text).ConvertAll(Parse);

    /// <summary>Whether an answer counts as a listing.</summary>
    public bool Matches(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        if (bytes.Length != 4)
        {
            return false;
        }

        for (int i = 0; _filter is not null && i < 4; i++)
        {
            int octet = bytes[i];
            if (!_filter[i].Exists(range => octet >= range.Low && octet <= range.High))
            {
                return false;
            }
        }

        return true;
    }

    private static DnsblSite Parse(string text)
    {
        string rest = text;
        int weight = 1;
        int star = rest.LastIndexOf('*');
        if (star >= 0)
        {
            weight = int.TryParse(rest[(star + 1)..], out int given) ? given : throw new FatalException($"bad DNSBL weight factor \"{rest[(star + 1)..]}\" in \"{text}\"");
            rest = rest[..star];
        }

        int equals = rest.IndexOf('=');
        return new DnsblSite(equals < 0 ? rest : rest[..equals], equals < 0 ? null : ParseFilter(rest[(equals + 1)..], text), weight);
    }

    private static List<(int, int)>[] ParseFilter(string filter, string text)
    {
        var octets = new List<(int, int)>[4];
        int at = 0;
        for (int i = 0; i < 4; i++)
        {
            octets[i] = [];
            int end = at < filter.Length && filter[at] == '[' ? filter.IndexOf(']', at) + 1 : filter.IndexOf('.', at);
            if (at >= filter.Length || (end <= 0 && filter[at] == '['))
            {
                throw new FatalException($"bad DNSBL filter syntax: \"{text}\"");
            }

            end = end <= 0 ? filter.Length : end;
            foreach (string range in filter[at..end].Trim('[', ']').Split(';'))
            {
                string[] ends = range.Split("..");
                if (ends.Length > 2 || !byte.TryParse(ends[0], out byte low) || !byte.TryParse(ends[^1], out byte high) || low > high)
                {
                    throw new FatalException($"bad DNSBL filter syntax: \"{text}\"");
                }

                octets[i].Add((low, high));
            }

            if (i < 3 ? end >= filter.Length || filter[end] != '.' : end < filter.Length)
            {
                throw new FatalException($"bad DNSBL filter syntax: \"{text}\"");
            }

            at = end + 1;
        }

        return octets;
    }
}

/// <summary>What all lists together say of a client.</summary>
/// <param name="Worst">The domain of the heaviest listing; empty when there is none.</param>
/// <param name="Life">How long that holds, by the answers; null when none told.</param>
internal readonly record struct DnsblScore(int Total, string Worst, TimeSpan? Life);

/// <summary>Asks the lists.</summary>
internal sealed class DnsblLookups(List<DnsblSite> sites, IDnsResolver resolver, TimeSpan timeout)
{
    /// <summary>Asks all lists at once; those that do not answer in time count nothing.</summary>
    public async Task<DnsblScore> AskAsync(string client, CancellationToken stop)
    {
        string reversed = Reverse(IPAddress.Parse(client));
        var questions = new List<(string Domain, Task<DnsAnswer?> Answer)>();
        foreach (string domain in sites.Select(static site => site.Domain).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            questions.Add((domain, AskAsync(domain, $"{reversed}.{domain}", client, stop)));
        }

        int total = 0;
        int heaviest = int.MinValue;
        string worst = "";
        TimeSpan? raising = null;
        TimeSpan? lowering = null;
        foreach ((string domain, Task<DnsAnswer?> question) in questions)
        {
            if (await question is not { } answer)
            {
                continue;
            }

            foreach (DnsblSite site in sites)
            {
                if (!Ascii.EqualsIgnoreCase(site.Domain, domain))
                {
                    continue;
                }

                bool isListed = answer.Records.Any(record => record.Address is not null && site.Matches(record.Address));
                if (isListed)
                {
                    total += site.Weight;
                    if (site.Weight > heaviest)
                    {
                        (heaviest, worst) = (site.Weight, domain);
                    }
                }

                // What raises the score: a listing with weight, or the absence of one that would lower it.
                ref TimeSpan? life = ref isListed == site.Weight > 0 ? ref raising : ref lowering;
                if (answer.TimeToLive > TimeSpan.Zero && (life is null || answer.TimeToLive < life))
                {
                    life = answer.TimeToLive;
                }
            }
        }

        return new DnsblScore(total, worst, total > 0 ? raising : lowering);
    }

    private async Task<DnsAnswer?> AskAsync(string domain, string query, string client, CancellationToken stop)
    {
        try
        {
            DnsAnswer answer = await resolver.LookupAsync(query, DnsRecordType.A, stop).AsTask().WaitAsync(timeout, stop);
            if (answer.Status is not (DnsStatus.Ok or DnsStatus.NotFound or DnsStatus.NoData))
            {
                LogLines.Warning($"dnsblog_query: lookup error for DNS query {query}: {answer.Reason}");
                return null;
            }

            foreach (DnsRecord record in answer.Records)
            {
                LogLines.Info($"addr {client} listed by domain {domain} as {record.Address}");
            }

            return answer;
        }
        catch (TimeoutException)
        {
            LogLines.Warning($"dnsblog reply timeout {(long)timeout.TotalSeconds}s for {domain}");
            return null;
        }
    }

    private static string Reverse(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        Array.Reverse(bytes);
        return bytes.Length == 4
            ? string.Join('.', bytes)
            : string.Join('.', bytes.Select(static octet => $"{octet & 0xF:x}.{octet >> 4:x}"));
    }
}
