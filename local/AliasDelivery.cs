using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.Local;

/// <summary>Expands aliases.</summary>
internal sealed class AliasDelivery(LocalAgent local)
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    /// <summary>Looks a name up and delivers to what it stands for.</summary>
    /// <returns>Null when it is no alias; else whether the outcome is final.</returns>
    public async ValueTask<bool?> TryAsync(Expansion expansion, Addressee addressee, string name, CancellationToken stop)
    {
        // An alias that lists itself means the mailbox of that name.
        if (local.Aliases.IsEmpty || (addressee.ExpandedFrom is { } from && Ascii.EqualsIgnoreCase(from, name)))
        {
            return null;
        }

        LookupResult found = await local.Aliases.FindAsync(name, stop);
        if (found.IsFailed)
        {
            return await local.FailedAsync(expansion, addressee, "4.3.0", "alias database unavailable", stop);
        }

        if (!found.IsFound)
        {
            return null;
        }

        if (addressee.Level > RecipientDelivery.MaxLevel)
        {
            Log.Warn($"alias database loop for {Printable.Neutralize(name)}");
            return await local.FailedAsync(expansion, addressee, "5.4.6", $"alias database loop for {name}", stop);
        }

        if (expansion.Delivery.Request.Flags.HasFlag(DeliveryFlags.MtaVerify))
        {
            return await local.SentAsync(expansion, addressee, $"aliased to {found.Value}", stop);
        }

        if (FindRights(found.Table!, out UserRights? rights) is { } failure) // found results name their table
        {
            return await local.FailedAsync(expansion, addressee, failure, stop);
        }

        return await DeliverAsync(expansion, addressee with { Type = ExpansionType.Alias, Rights = rights }, name, found.Value, stop);
    }

    private async ValueTask<bool> DeliverAsync(Expansion expansion, Addressee addressee, string name, string value, CancellationToken stop)
    {
        Addressee parent = addressee;
        string? owner = addressee.Owner;
        bool hasNewOwner = false;
        if (local.Settings.OwnerRequestSpecial)
        {
            LookupResult found = await local.Aliases.FindOwnerAsync(name, stop);
            if (found.IsFailed)
            {
                return await local.FailedAsync(expansion, addressee, "4.3.0", "alias database unavailable", stop);
            }

            hasNewOwner = found.IsFound;
            owner = found.IsFound ? await local.OwnerAddressAsync(found, name, stop)
                : local.Settings.ResetOwnerAlias ? null
                : owner;
        }

        addressee = addressee.WithoutSuccess() with
        {
            ExpandedFrom = name,
            Owner = owner,
            DeliveredTo = local.Settings.FrozenDeliveredTo ? addressee.DeliveredTo : addressee.Recipient.Address,
        };
        if (hasNewOwner)
        {
            // The list sends a message of its own: the original sender's wishes end here.
            addressee = addressee with
            {
                Sender = owner!, // a new owner was found
                EnvelopeId = "",
                Ret = DsnReturn.None,
                Recipient = addressee.Recipient with { DsnOriginalRecipient = "", OriginalRecipient = "" },
            };
        }

        int count = 0;
        bool isFinal = true;
        foreach (string address in AddressTokens.Parse(value))
        {
            count++;
            isFinal &= await local.Lists.DeliverAsync(expansion, addressee, address, stop);
            if (expansion.IsCorrupt)
            {
                return false;
            }
        }

        if (count == 0)
        {
            Log.Warn($"no recipient in alias lookup result for {Printable.Neutralize(name)}");
            return await local.FailedAsync(expansion, parent, "4.3.0", "alias database unavailable", stop);
        }

        return isFinal && await local.Lists.ReportExpandedAsync(expansion, parent, hasNewOwner ? "delivered" : "expanded", stop);
    }

    // Aliases that root wrote use default_privs; those of a user act as that user.
    private Dsn? FindRights(LookupTable table, out UserRights? rights)
    {
        rights = null;
        TableOwner owner = table.Owner;
        if (owner.IsTrusted || owner.UserId == 0)
        {
            return null;
        }

        if (owner.UserId == uint.MaxValue)
        {
            Log.Warn($"deliver_alias: no owner UID for alias database {table.Reference}");
            return new Dsn("4.3.0", "", "mail system configuration error");
        }

        if (!Accounts.TryFind(owner.UserId, out Account? account) || account is null)
        {
            Log.Warn($"cannot find alias database owner for {table.Reference}");
            return new Dsn("4.3.0", "", "cannot find alias database owner");
        }

        rights = UserRights.Of(account);
        return null;
    }
}
