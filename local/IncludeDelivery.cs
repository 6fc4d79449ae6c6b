using Mta.Delivery.Orders;
using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Text;
using NLog;

namespace Mta.Local;

/// <summary>Expands <c>:include:/path</c>: a file of addresses, whose owner lends it his rights.</summary>
internal sealed class IncludeDelivery(LocalAgent local)
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public async ValueTask<bool> DeliverAsync(Expansion expansion, Addressee addressee, string path, CancellationToken stop)
    {
        if (addressee.Level > RecipientDelivery.MaxLevel)
        {
            return await local.FailedAsync(expansion, addressee, "5.4.6", ":include: nesting limit exceeded", stop);
        }

        string shown = Printable.Neutralize(path);
        uint user = addressee.Rights?.UserId ?? 0;
        uint group = addressee.Rights?.GroupId ?? 0;
        if (!expansion.IsFirst($"include {user} {path}"))
        {
            return true;
        }

        if (!path.StartsWith('/'))
        {
            return await RefuseAsync($":include:{shown} uses a relative path");
        }

        OrderResult looked = await local.Runner.RunAsync(new CheckFileOrder(user, group, path), null);
        switch (looked.Outcome)
        {
            case OrderOutcome.Done:
                break;
            case OrderOutcome.NotRegular:
                return await RefuseAsync($":include: file {shown} is not a regular file");
            case OrderOutcome.Refused:
                return await RefuseAsync($":include: file {shown} is world writable");
            case OrderOutcome.Failed:
                return await local.FailedAsync(expansion, addressee, new Dsn(looked.Status, "", looked.Reason), stop);
            default:
                return await RefuseAsync($"unable to lookup :include: file {shown}: {looked.Reason}");
        }

        uint owner = (uint)looked.Number;
        Addressee parent = addressee with { Type = ExpansionType.Include, ExpandedFrom = addressee.Local, Owner = addressee.Owner ?? addressee.Recipient.Address };
        if (!local.Settings.Propagated.Contains(ExpansionType.Include))
        {
            parent = parent with { Unmatched = null };
        }

        if (user == 0 && owner != 0)
        {
            if (!Accounts.TryFind(owner, out Account? account) || account is null)
            {
                Log.Warn($"cannot find username for uid {owner}");
                Log.Warn($"{shown}: cannot find :include: file owner username");
                return await local.FailedAsync(expansion, addressee, "4.3.5", "mail system configuration error", stop);
            }

            parent = parent with { Rights = UserRights.Of(account) };
        }

        // A file that root reads for nobody in particular is read with the rights of root; its content acts as default_privs.
        OrderResult opened = await local.Runner.RunAsync(new OpenFileOrder(parent.Rights?.UserId ?? 0, parent.Rights?.GroupId ?? 0, path, owner), null);
        if (opened.File is not { } file)
        {
            return await RefuseAsync($"cannot open include file {shown}: {opened.Reason}");
        }

        (bool isFinal, _) = await local.Lists.DeliverAllAsync(expansion, parent, file, stop);
        return isFinal;

        ValueTask<bool> RefuseAsync(string warning)
        {
            Log.Warn(warning);
            return local.FailedAsync(expansion, addressee, "5.3.5", "mail system configuration error", stop);
        }
    }
}
