using System.Globalization;
using Mta.Mail;
using Mta.Text;
using NLog;

namespace Mta.Virtual;

/// <summary><c>virtual_uid_maps</c> or <c>virtual_gid_maps</c>: the numeric identity of a mailbox.</summary>
/// <param name="kind"><c>uid</c> or <c>gid</c>, for log lines.</param>
/// <param name="minimum">The smallest number accepted.</param>
internal sealed class UserIdTable(AddressLookup lookup, string kind, uint minimum)
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    /// <summary>Looks a mailbox up.</summary>
    /// <returns>Null when there is no acceptable answer; the log says why.</returns>
    public async ValueTask<uint?> FindAsync(string address, CancellationToken stop)
    {
        AddressLookupResult found = await lookup.FindAsync(address, AddressForm.ExternalThenInternal, stop: stop);
        string recipient = Printable.Neutralize(address);
        if (found.IsFailed)
        {
            Log.Warn($"table {lookup.Tables.Title}: lookup {recipient}: {found.Result.Reason}");
            return null;
        }

        if (!found.IsFound)
        {
            Log.Warn($"recipient {recipient}: not found in {lookup.Tables.Title}");
            return null;
        }

        if (!uint.TryParse(found.Value, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) || number == uint.MaxValue || number < minimum)
        {
            Log.Warn($"recipient {recipient}: bad {kind} {found.Value} in {lookup.Tables.Title}");
            return null;
        }

        return number;
    }
}
