using Mta.Delivery;
using Mta.Delivery.Orders;
using Mta.Linux;
using Mta.Tables;

namespace Mta.Local;

/// <summary>Delivers to a user: another transport, a command, a maildir or a mailbox file.</summary>
internal sealed class MailboxDelivery(LocalAgent local)
{
    private const string DefaultStatus = "5.2.0";

    /// <returns>Null when there is no such user; else whether the outcome is final.</returns>
    public async ValueTask<bool?> TryAsync(Expansion expansion, Addressee addressee, CancellationToken stop)
    {
        if (!expansion.IsFirst($"mailbox {addressee.Local}"))
        {
            return true;
        }

        LookupResult transport = await local.MailboxTransports.LookupAsync(addressee.User, stop: stop);
        if (transport.IsFailed)
        {
            return await local.FailedAsync(expansion, addressee, "4.3.0", "table lookup failure", stop);
        }

        string service = transport.IsFound ? transport.Value : local.Settings.MailboxTransport;
        if (service.Length > 0)
        {
            return await PassThrough.SendAsync(expansion.Delivery, addressee.Recipient, service, stop);
        }

        if (!local.Accounts.TryFind(addressee.User, out Account? account))
        {
            return await local.FailedAsync(expansion, addressee, "4.0.0", "user lookup error", stop);
        }

        if (account is null)
        {
            return null;
        }

        return await DeliverAsync(expansion, addressee with { Rights = UserRights.Of(account) }, account, stop);
    }

    private async ValueTask<bool> DeliverAsync(Expansion expansion, Addressee addressee, Account account, CancellationToken stop)
    {
        LookupResult command = await local.MailboxCommands.LookupAsync(addressee.User, stop: stop);
        if (command.IsFailed)
        {
            return await local.FailedAsync(expansion, addressee, "4.3.0", "table lookup failure", stop);
        }

        string program = command.IsFound ? command.Value : local.Settings.MailboxCommand;
        if (program.Length > 0)
        {
            return await local.Commands.DeliverAsync(expansion, addressee, program, stop);
        }

        string home = local.Settings.HomeMailbox;
        string spool = local.Settings.SpoolDirectory;
        bool usesHome = home.Length > 0 && (local.Runner.IsPrivileged || account.UserId == Posix.EffectiveUser);
        if (usesHome && home.EndsWith('/'))
        {
            return await DeliverToMaildirAsync(expansion, addressee, $"{account.Home}/{home}", stop);
        }

        if (!usesHome && spool.EndsWith('/'))
        {
            return await DeliverToMaildirAsync(expansion, addressee, $"{spool}{addressee.User}/", stop);
        }

        return usesHome
            ? await DeliverToFileAsync(expansion, addressee, $"{account.Home}/{home}", isInHome: true, spool: "", stop)
            : await DeliverToFileAsync(expansion, addressee, $"{spool}/{addressee.User}", isInHome: false, spool, stop);
    }

    private async ValueTask<bool> DeliverToMaildirAsync(Expansion expansion, Addressee addressee, string path, CancellationToken stop)
    {
        if (expansion.Delivery.IsProbe)
        {
            return await local.SentAsync(expansion, addressee, "delivers to maildir", stop);
        }

        UserRights rights = addressee.Rights!; // deliveries to a user have his rights
        byte[] head = local.Files.Head(addressee, withFrom: false);
        OrderResult result = await local.Runner.RunAsync(
            new MaildirOrder(rights.UserId, rights.GroupId, path, head, expansion.Delivery.Request.ContentOffset, DefaultStatus),
            expansion.Delivery.File.File);
        return await local.Files.ReportAsync(expansion, addressee, result, "delivered to maildir", "maildir delivery failed: ", stop);
    }

    private async ValueTask<bool> DeliverToFileAsync(Expansion expansion, Addressee addressee, string path, bool isInHome, string spool, CancellationToken stop)
    {
        if (expansion.Delivery.IsProbe)
        {
            return await local.SentAsync(expansion, addressee, "delivers to mailbox", stop);
        }

        UserRights rights = addressee.Rights!; // deliveries to a user have his rights
        (uint user, uint group) = isInHome ? (rights.UserId, rights.GroupId) : OpensAs(spool, rights);
        MailboxOrder order = new(user, group, path, local.Files.Head(addressee, withFrom: true), expansion.Delivery.Request.ContentOffset, DefaultStatus, local.Settings.Locks)
        {
            WriteUser = user == 0 ? rights.UserId : user,
            WriteGroup = user == 0 ? rights.GroupId : group,
            MustOwn = local.Settings.StrictOwnership && local.Runner.IsPrivileged,
        };
        using IDisposable turn = await local.Turns.EnterAsync(path);
        OrderResult result = await local.Runner.RunAsync(order, expansion.Delivery.File.File);
        if (local.Settings.Biff && result.Outcome == OrderOutcome.Done)
        {
            NewMailNotice.Send(addressee.User, result.Number);
        }

        return await local.Files.ReportAsync(expansion, addressee, result, "delivered to mailbox", $"cannot update mailbox {path} for user {addressee.User}. ", stop);
    }

    // In a directory that everyone can write, root's rights would be an invitation; where the group can write, its
    // rights make lock files; else only root can make a mailbox.
    private static (uint User, uint Group) OpensAs(string spool, UserRights rights)
    {
        if (Posix.TryStat(spool, out FileStatus status) != 0 || (status.Permissions & 2) != 0)
        {
            return (rights.UserId, rights.GroupId);
        }

        return (status.Permissions & 0x10) != 0 ? (rights.UserId, status.GroupId) : (0, 0);
    }
}
