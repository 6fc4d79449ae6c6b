using System.Net;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail.Addresses;
using Mta.Tables;

namespace Mta.Mail;

/// <summary>
/// Knows the domains that are delivered here: those in <c>mydestination</c>, and the literals of own addresses
/// (<c>inet_interfaces</c>, <c>proxy_interfaces</c>). May be used on any thread.
/// </summary>
public sealed class LocalDomains
{
    private readonly StringMatchList _destinations;
    private readonly OwnAddresses _own;

    /// <param name="tables">Where the tables in <c>mydestination</c> are opened, at once.</param>
    /// <exception cref="ConfigurationException">The list or the interface addresses are unusable.</exception>
    public LocalDomains(Configuration configuration, TableRegistry tables)
    {
        _destinations = StringMatchList.Create(configuration, GlobalParameters.Mydestination, tables);
        _own = configuration.OwnAddresses;
    }

    /// <summary>Is this domain delivered here? One trailing dot does not count.</summary>
    public ValueTask<MatchResult> IsLocalAsync(string domain, CancellationToken stop = default)
    {
        string name = domain.EndsWith('.') ? domain[..^1] : domain;
        ValueTask<MatchResult> listed = _destinations.MatchesAsync(name, stop);
        return name.Length > 0 && name[0] == '['
            ? OrLiteralAsync(listed, name)
            : listed;
    }

    private async ValueTask<MatchResult> OrLiteralAsync(ValueTask<MatchResult> listed, string literal)
    {
        MatchResult result = await listed;
        if (result != MatchResult.No || !DomainSyntax.TryParseLiteral(literal, out string text) || !IPAddress.TryParse(text, out IPAddress? address))
        {
            return result;
        }

        return _own.IsOwn(address) || _own.IsProxy(address) ? MatchResult.Yes : MatchResult.No;
    }
}
