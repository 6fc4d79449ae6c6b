using Mta.Tables;
using Mta.Text;

namespace Mta.Config;

/// <summary>
/// Host and domain names. Where parent_domain_matches_subdomains lists the parameter, <c>domain.tld</c> matches its
/// subdomains too; elsewhere it takes <c>.domain.tld</c> for that.
/// </summary>
public sealed class DomainMatchList : MatchList
{
    private readonly bool _matchesSubdomains;

    /// <param name="title">The parameter's name, for log lines.</param>
    /// <param name="patterns">The list, expanded.</param>
    /// <exception cref="FatalException">A table cannot be opened, and surrogates are off.</exception>
    public DomainMatchList(string title, string patterns, TableRegistry tables, bool matchesSubdomains)
        : base(title, patterns, tables, readNetworks: false) => _matchesSubdomains = matchesSubdomains;

    /// <summary>The list that a parameter holds.</summary>
    /// <exception cref="FatalException">A table cannot be opened, and surrogates are off.</exception>
    public static DomainMatchList Create(Configuration configuration, Parameter<string> parameter, TableRegistry tables) =>
        new(parameter.Name, configuration.Get(parameter), tables, ParentDomains.Match(configuration, parameter.Name));

    public ValueTask<MatchResult> MatchesAsync(string name, CancellationToken stop = default) => MatchAsync(new MatchSubject(name), stop);

    private protected override bool MatchesText(in MatchPattern pattern, in MatchSubject subject) =>
        MatchesDomain(pattern.Text, subject.Name, _matchesSubdomains);

    private protected override ValueTask<LookupResult> LookupAsync(LookupTable table, MatchSubject subject, CancellationToken stop) =>
        LookupDomainAsync(table, subject.Name, _matchesSubdomains, stop);
}
