using System.Net;
using Mta.Tables;
using Mta.Text;

namespace Mta.Config;

/// <summary>
/// Clients, by name and by address: names and domains as in <see cref="DomainMatchList"/>, addresses and networks
/// (<c>10.0.0.0/8</c>, <c>[2001:db8::]/32</c>), tables asked for both.
/// </summary>
public sealed class AddressMatchList : MatchList
{
    private readonly bool _matchesSubdomains;

    /// <param name="title">The parameter's name, for log lines.</param>
    /// <param name="patterns">The list, expanded.</param>
    /// <exception cref="FatalException">A table cannot be opened, and surrogates are off.</exception>
    public AddressMatchList(string title, string patterns, TableRegistry tables, bool matchesSubdomains)
        : base(title, patterns, tables, readNetworks: true) => _matchesSubdomains = matchesSubdomains;

    /// <summary>The list that a parameter holds.</summary>
    /// <exception cref="FatalException">A table cannot be opened, and surrogates are off.</exception>
    public static AddressMatchList Create(Configuration configuration, Parameter<string> parameter, TableRegistry tables) =>
        new(parameter.Name, configuration.Get(parameter), tables, ParentDomains.Match(configuration, parameter.Name));

    /// <param name="name">The client's name; empty when there is none to match.</param>
    /// <param name="address">The client's address as text, IPv6 without brackets.</param>
    public ValueTask<MatchResult> MatchesAsync(string name, string address, CancellationToken stop = default) =>
        MatchAsync(new MatchSubject(name, address, Network.TryParseAddress(address, out IPAddress? parsed) ? parsed : null), stop);

    private protected override bool MatchesText(in MatchPattern pattern, in MatchSubject subject) =>
        (subject.Name.Length > 0 && MatchesDomain(pattern.Text, subject.Name, _matchesSubdomains))
        || Ascii.EqualsIgnoreCase(pattern.Text, subject.AddressText)
        || (subject.Address is not null && pattern.Network.Contains(subject.Address));

    private protected override async ValueTask<LookupResult> LookupAsync(LookupTable table, MatchSubject subject, CancellationToken stop)
    {
        LookupResult found = subject.Name.Length > 0 ? await LookupDomainAsync(table, subject.Name, _matchesSubdomains, stop) : LookupResult.NotFound;
        return found.IsNotFound ? await table.LookupAsync(subject.AddressText, stop) : found;
    }
}
