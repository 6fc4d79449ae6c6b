using Mta.Text;

namespace Mta.Tables.Clients;

/// <summary>Matches a domain against the patterns of a list: true, false, or null when a table of the list failed.</summary>
public delegate ValueTask<bool?> DomainMatcher(string domain, CancellationToken stop);

/// <summary>The <c>domain</c> setting: only whole addresses in listed domains are asked for.</summary>
internal sealed class DomainFilter
{
    private readonly DomainMatcher? _matcher;

    private DomainFilter(DomainMatcher? matcher) => _matcher = matcher;

    public static DomainFilter Open(TableRegistry registry, ClientSettings settings)
    {
        string patterns = settings.Text("domain");
        return new DomainFilter(patterns.Length == 0 ? null : registry.Settings.MatchDomains(registry, "domain", patterns));
    }

    /// <returns>True when the key is to be asked for; null when the list could not be read.</returns>
    public ValueTask<bool?> AdmitsAsync(string key, CancellationToken stop)
    {
        if (_matcher is null)
        {
            return new ValueTask<bool?>(true);
        }

        int at = key.LastIndexOf('@');
        return at <= 0 || at + 1 == key.Length ? new ValueTask<bool?>(false) : _matcher(Ascii.ToLower(key[(at + 1)..]), stop);
    }

    /// <summary>A plain list of names, for whoever has no match lists.</summary>
    internal static DomainMatcher Names(string patterns)
    {
        string[] names = patterns.Split([',', ' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return (domain, _) => new ValueTask<bool?>(Array.Exists(names, name => Ascii.EqualsIgnoreCase(name, domain)));
    }
}
