using Mta.Mail;
using Mta.Tables;

namespace Mta.TrivialRewrite;

/// <summary>
/// transport_maps: the address, the address without extension, the domain, its parents, and <c>*</c>, whose result is
/// remembered for a while. Thread-safe.
/// </summary>
internal sealed class TransportMap(AddressLookup lookup, bool parentsMatchSubdomains)
{
    private const long WildcardLife = 30_000;
    private Wildcard? _wildcard;

    /// <summary>The parameter's name.</summary>
    public string Title => lookup.Tables.Title;

    public bool IsEmpty => lookup.Tables.IsEmpty;

    /// <param name="recipient">Internal form.</param>
    /// <param name="domain">Its domain.</param>
    /// <param name="stop">Ends the wait.</param>
    public async ValueTask<LookupResult> FindAsync(string recipient, string domain, CancellationToken stop)
    {
        AddressLookupResult found = await lookup.FindAsync(recipient, AddressForm.ExternalThenInternal, AddressKeys.Full | AddressKeys.WithoutExtension | AddressKeys.Domain, stop);
        if (!found.Result.IsNotFound)
        {
            return found.Result;
        }

        if (lookup.Tables.HasFixedTables)
        {
            int dot = domain.IndexOf('.', StringComparison.Ordinal);
            while (dot >= 0 && dot + 1 < domain.Length)
            {
                LookupResult parent = await lookup.Tables.LookupAsync(domain[(parentsMatchSubdomains ? dot + 1 : dot)..], partial: true, stop);
                if (!parent.IsNotFound)
                {
                    return parent;
                }

                dot = domain.IndexOf('.', dot + 1);
            }
        }

        return await FindWildcardAsync(stop);
    }

    private async ValueTask<LookupResult> FindWildcardAsync(CancellationToken stop)
    {
        Wildcard? known = Volatile.Read(ref _wildcard);
        if (known is null || known.Expires < Environment.TickCount64)
        {
            known = new Wildcard(await lookup.Tables.LookupAsync("*", partial: true, stop), Environment.TickCount64 + WildcardLife);
            if (!known.Result.IsFailed)
            {
                Volatile.Write(ref _wildcard, known);
            }
        }

        return known.Result;
    }

    private sealed record Wildcard(LookupResult Result, long Expires);
}
