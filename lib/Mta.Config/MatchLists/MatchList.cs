using Mta.Tables;

namespace Mta.Config;

/// <summary>
/// A list of patterns, asked in order: the first one that matches decides. Tables may be asked from any thread.
/// What goes wrong is reported to the registry's warnings under the list's title.
/// </summary>
public abstract class MatchList
{
    private readonly MatchPattern[] _patterns;
    private readonly TableRegistry _tables;

    private protected MatchList(string title, string patterns, TableRegistry tables, bool readNetworks)
    {
        Title = title;
        _tables = tables;
        _patterns = MatchListParser.Parse(patterns, tables, readNetworks);
    }

    /// <summary>The parameter's name, for log lines.</summary>
    public string Title { get; }

    public bool IsEmpty => _patterns.Length == 0;

    private protected async ValueTask<MatchResult> MatchAsync(MatchSubject subject, CancellationToken stop)
    {
        foreach (MatchPattern pattern in _patterns)
        {
            if (pattern.Error is not null)
            {
                _tables.Settings.Warning($"{Title}: {pattern.Error}");
                return MatchResult.Failed;
            }

            if (pattern.Table is null)
            {
                if (MatchesText(pattern, subject))
                {
                    return pattern.Result;
                }

                continue;
            }

            LookupResult found = await LookupAsync(pattern.Table, subject, stop);
            if (found.IsFailed)
            {
                _tables.Settings.Warning($"{Title}: {pattern.Text}: table lookup problem");
                return MatchResult.Failed;
            }

            if (found.IsFound)
            {
                return pattern.Result;
            }
        }

        return MatchResult.No;
    }

    private protected abstract bool MatchesText(in MatchPattern pattern, in MatchSubject subject);

    private protected abstract ValueTask<LookupResult> LookupAsync(LookupTable table, MatchSubject subject, CancellationToken stop);

    /// <summary>The name, then its parent domains where the table takes partial keys.</summary>
    private protected static async ValueTask<LookupResult> LookupDomainAsync(LookupTable table, string name, bool matchesSubdomains, CancellationToken stop)
    {
        int at = 0;
        while (true)
        {
            LookupResult found = await table.LookupAsync(name[at..], stop);
            if (!found.IsNotFound || table.IsPattern)
            {
                return found;
            }

            int dot = at + 1 <= name.Length ? name.IndexOf('.', Math.Min(at + 1, name.Length)) : -1;
            if (dot < 0 || (matchesSubdomains && dot == name.Length - 1))
            {
                return LookupResult.NotFound;
            }

            at = matchesSubdomains ? dot + 1 : dot;
        }
    }

    /// <summary>The same name, or a parent domain of it.</summary>
    private protected static bool MatchesDomain(string pattern, string name, bool matchesSubdomains)
    {
        if (Mta.Text.Ascii.EqualsIgnoreCase(pattern, name))
        {
            return true;
        }

        if (name.Length <= pattern.Length)
        {
            return false;
        }

        ReadOnlySpan<char> tail = name.AsSpan(name.Length - pattern.Length);
        return matchesSubdomains
            ? name[name.Length - pattern.Length - 1] == '.' && Mta.Text.Ascii.EqualsIgnoreCase(pattern, tail)
            : pattern.StartsWith('.') && Mta.Text.Ascii.EqualsIgnoreCase(pattern, tail);
    }
}
