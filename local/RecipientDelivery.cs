using Mta.Linux;
using Mta.Delivery.Orders;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.Local;

/// <summary>Delivers to one local address, the request's own or one from an expansion: decides what it is.</summary>
internal sealed class RecipientDelivery(LocalAgent local)
{
    /// <summary>Deepest nesting of aliases and files: what Postfix's limit of 100 calls, four for each, comes to.</summary>
    public const int MaxLevel = 24;

    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    /// <returns>Whether the outcome is final.</returns>
    public async ValueTask<bool> DeliverAsync(Expansion expansion, Addressee addressee, CancellationToken stop)
    {
        string address = addressee.Recipient.Address;
        // Aliases stop a loop of their own kind before, and say so.
        if (addressee.Level > MaxLevel + 1)
        {
            Log.Warn($"recipient nesting limit exceeded for {Printable.Neutralize(address)}");
            return await local.FailedAsync(expansion, addressee, "5.4.6", "recipient nesting limit exceeded", stop);
        }

        if (!expansion.IsFirst($"recipient {addressee.Level} {address}"))
        {
            return true;
        }

        string folded = CaseFolding.Fold(address, local.Settings.Utf8);
        if (expansion.HasLoop(AddressSyntax.ToExternal(folded)))
        {
            return await local.FailedForOwnerAsync(expansion, addressee, new Dsn("5.4.6", "", $"mail forwarding loop for {address}"), stop);
        }

        addressee = Split(expansion, addressee, folded);
        if (addressee.User.Length == 0)
        {
            return await local.FailedAsync(expansion, addressee, "5.1.3", $"null username in \"{address}\"", stop);
        }

        return await SwitchAsync(expansion, addressee, stop);
    }

    private Addressee Split(Expansion expansion, Addressee addressee, string folded)
    {
        AddressSyntax.Split(folded, out string localPart, out string? domain);
        if (domain is null)
        {
            Log.Warn($"{expansion.Delivery.QueueId}: no @ in recipient address: {Printable.Neutralize(folded)}");
        }

        int split = local.Extension.IndexInLocalPart(localPart);
        string? extension = split < 0 ? null : localPart[(split + 1)..];
        string user = split < 0 ? localPart : localPart[..split];
        if (extension is not null && extension.Contains('/'))
        {
            Log.Warn($"{expansion.Delivery.QueueId}: address with illegal extension: {Printable.Neutralize(localPart)}");
            extension = null;
            localPart = user;
        }

        return addressee with
        {
            DeliveredTo = addressee.DeliveredTo ?? addressee.Recipient.Address,
            Local = localPart,
            Domain = domain ?? "",
            User = user,
            Extension = extension is { Length: > 0 } ? extension : null,
            Delimiter = extension is null ? '\0' : localPart[split],
            Unmatched = null,
        };
    }

    private async ValueTask<bool> SwitchAsync(Expansion expansion, Addressee addressee, CancellationToken stop)
    {
        if (addressee.Local[0] == '\\')
        {
            addressee = addressee with { Local = addressee.Local[1..], User = addressee.User[1..] };
            return await MailboxOrUnknownAsync(expansion, addressee, stop);
        }

        if (await local.AliasDelivery.TryAsync(expansion, addressee, addressee.Local, stop) is { } byAlias)
        {
            return byAlias;
        }

        if (addressee.Extension is { } extension)
        {
            Addressee bare = addressee with { Unmatched = local.Settings.Propagated.Contains(ExpansionType.Alias) ? extension : null };
            if (await local.AliasDelivery.TryAsync(expansion, bare, addressee.User, stop) is { } byUser)
            {
                return byUser;
            }

            addressee = addressee with { Unmatched = extension };
        }

        // A list has an owner so that failures of its members go there: they get a message of their own.
        if (addressee.Owner is { } owner && !Ascii.EqualsIgnoreCase(owner, addressee.User))
        {
            return await local.Forwarding.AddAsync(expansion, addressee, stop);
        }

        if (addressee.Type == ExpansionType.Include)
        {
            return await local.Forwarding.AddAsync(expansion, addressee, stop);
        }

        if (local.Settings.RequireHomeDirectory && await CheckHomeAsync(addressee) is { } failure)
        {
            return await local.FailedAsync(expansion, addressee, failure, stop);
        }

        if (await local.ForwardFiles.TryAsync(expansion, addressee, stop) is { } byForwardFile)
        {
            return byForwardFile;
        }

        return await MailboxOrUnknownAsync(expansion, addressee, stop);
    }

    private async ValueTask<bool> MailboxOrUnknownAsync(Expansion expansion, Addressee addressee, CancellationToken stop) =>
        await local.Mailboxes.TryAsync(expansion, addressee, stop) ?? await local.Unknown.DeliverAsync(expansion, addressee, stop);

    private async ValueTask<Dsn?> CheckHomeAsync(Addressee addressee)
    {
        if (!local.Accounts.TryFind(addressee.User, out Account? account))
        {
            return new Dsn("4.0.0", "", "user lookup error");
        }

        if (account is null)
        {
            return null;
        }

        OrderResult result = await local.Runner.RunAsync(new CheckDirectoryOrder(account.UserId, account.GroupId, account.Home), null);
        return result.Outcome == OrderOutcome.Done ? null : new Dsn("4.3.0", "", $"cannot access home directory {account.Home}: {result.Reason}");
    }
}
