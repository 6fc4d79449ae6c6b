using Mta.Mail.Addresses;
using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.Local;

/// <summary>The tables of <c>alias_maps</c>, searched one after the other; each knows who controls it.</summary>
internal sealed class AliasTables(TableList tables)
{
    /// <summary>No regular expression may put a stranger's text into a command, no stranger's server may answer.</summary>
    public const TableFlags Flags = TableFlags.Lock | TableFlags.NoRegexpSubstitution | TableFlags.NoProxy
        | TableFlags.NoUnauthenticated | TableFlags.FoldFixed | TableFlags.Utf8Request;

    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public bool IsEmpty => tables.IsEmpty;

    /// <summary>Looks a local part up: its quoted form, then the unquoted one, table by table.</summary>
    public ValueTask<LookupResult> FindAsync(string local, CancellationToken stop) => FindAsync(local, isOwner: false, stop);

    /// <summary>Looks up who gets what cannot be delivered to a list.</summary>
    /// <param name="list">The list's local part, without <c>owner-</c>.</param>
    public ValueTask<LookupResult> FindOwnerAsync(string list, CancellationToken stop) => FindAsync($"owner-{list}", isOwner: true, stop);

    private async ValueTask<LookupResult> FindAsync(string local, bool isOwner, CancellationToken stop)
    {
        string quoted = AddressSyntax.QuoteLocalPart(local);
        foreach (LookupTable table in tables.Tables)
        {
            LookupResult result = await table.LookupAsync(quoted, stop);
            if (result.IsNotFound && quoted != local)
            {
                result = await table.LookupAsync(local, stop);
            }

            if (result.IsFailed)
            {
                string shown = Printable.Neutralize(local);
                Log.Warn(isOwner ? $"{table.Reference} lookup error for \"{shown}\"" : $"{table.Reference}: lookup of '{shown}' failed");
            }

            if (!result.IsNotFound)
            {
                return result.From(table);
            }
        }

        return LookupResult.NotFound;
    }
}
