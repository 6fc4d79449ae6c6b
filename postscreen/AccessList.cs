using Mta.Config;
using Mta.Config.Parameters;
using Mta.Tables;
using Mta.Text;

namespace Mta.Postscreen;

/// <summary>What the access list says of a client.</summary>
internal enum AccessWord
{
    None,
    Permit,
    Reject,
}

/// <summary><c>postscreen_access_list</c>: networks and tables, asked in order; the first with a word decides.</summary>
internal sealed class AccessList
{
    private readonly List<(string Spec, Func<string, CancellationToken, ValueTask<string?>> Lookup)> _entries = [];

    /// <exception cref="TableException">A table cannot be opened.</exception>
    public AccessList(Configuration configuration, TableRegistry tables)
    {
        foreach (string word in TableListSyntax.Split(configuration.Get(PostscreenParameters.PostscreenAccessList)))
        {
            if (Ascii.EqualsIgnoreCase(word, "permit_mynetworks"))
            {
                AddressMatchList networks = AddressMatchList.Create(configuration, GlobalParameters.Mynetworks, tables);
                _entries.Add((word, async (address, stop) => await networks.MatchesAsync("", address, stop) == MatchResult.Yes ? "permit" : null));
            }
            else if (TableRegistry.TrySplit(word, out _, out _))
            {
                LookupTable table = tables.Open(word);
                _entries.Add((word, async (address, stop) => await table.LookupAsync(address, stop) is { IsFound: true } found ? found.Value : null));
            }
            else
            {
                string literal = word;
                _entries.Add((PostscreenParameters.PostscreenAccessList.Name, (_, _) => new((string?)literal)));
            }
        }
    }

    /// <summary>What the list says of an address.</summary>
    public async ValueTask<AccessWord> JudgeAsync(string address, CancellationToken stop)
    {
        foreach ((string spec, Func<string, CancellationToken, ValueTask<string?>> lookup) in _entries)
        {
            if (await lookup(address, stop) is not { } word)
            {
                continue;
            }

            switch (Ascii.ToLower(word.Trim()))
            {
                case "permit":
                    return AccessWord.Permit;
                case "reject":
                    return AccessWord.Reject;
                case "dunno":
                    break;
                default:
                    LogLines.Warning($"{spec}: unknown command: {word} -- ignoring the remainder of this access list");
                    return AccessWord.None;
            }
        }

        return AccessWord.None;
    }
}
