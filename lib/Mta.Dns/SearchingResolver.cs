namespace Mta.Dns;

/// <summary>
/// Asks for short names in the domains of resolv.conf too, as the C library does (resolver(3), RES_DEFNAMES and
/// RES_DNSRCH). Thread-safe.
/// </summary>
/// <param name="inner">Answers.</param>
/// <param name="domains">Where to look, in order.</param>
/// <param name="completes">A name without a dot is looked for in the first domain.</param>
/// <param name="searches">Names with dots are looked for in all domains when they are not found, those without before.</param>
public sealed class SearchingResolver(IDnsResolver inner, IReadOnlyList<string> domains, bool completes, bool searches) : IDnsResolver
{
    /// <summary>
    /// The domains of a resolv.conf(5): of its last <c>search</c> or <c>domain</c> line, else that of this host.
    /// </summary>
    public static IReadOnlyList<string> DomainsOf(string resolvConf, string hostName)
    {
        string[]? found = null;
        foreach (string line in resolvConf.Split('\n'))
        {
            string[] words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1 && words[0] is "search" or "domain")
            {
                found = words[0] == "search" ? words[1..] : words[1..2];
            }
        }

        int dot = hostName.IndexOf('.', StringComparison.Ordinal);
        return [.. (found ?? (dot < 0 ? [] : [hostName[(dot + 1)..]])).Select(static domain => domain.Trim('.')).Where(static domain => domain.Length > 0)];
    }

    public async ValueTask<DnsAnswer> LookupAsync(string name, DnsRecordType type, CancellationToken stop)
    {
        bool hasDot = name.Contains('.', StringComparison.Ordinal);
        if (name.EndsWith('.') || (hasDot ? !searches : !completes))
        {
            return await inner.LookupAsync(name, type, stop);
        }

        DnsAnswer? plain = null;
        if (hasDot)
        {
            plain = await inner.LookupAsync(name, type, stop);
            if (!IsAbsent(plain))
            {
                return plain;
            }
        }

        // Who could not tell must not be taken for one who has nothing.
        DnsAnswer? failed = null;
        foreach (string domain in searches ? domains : domains.Take(1))
        {
            DnsAnswer answer = await inner.LookupAsync($"{name}.{domain}", type, stop);
            if (answer.Status == DnsStatus.Ok)
            {
                return answer;
            }

            failed = failed is null && !IsAbsent(answer) ? answer : failed;
        }

        plain ??= await inner.LookupAsync(name, type, stop);
        return failed is not null && IsAbsent(plain) ? failed : plain;
    }

    private static bool IsAbsent(DnsAnswer answer) => answer.Status is DnsStatus.NotFound or DnsStatus.NoData;
}
