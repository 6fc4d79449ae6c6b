using Mta.Delivery;
using Mta.Delivery.Orders;
using Mta.Mail.Protocols;
using NLog;

namespace Mta.Local;

/// <summary>Delivers to <c>/file</c> and <c>/maildir/</c> that an alias or a forward file names.</summary>
internal sealed class FileDelivery(LocalAgent local)
{
    private const string DefaultStatus = "5.2.0";
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public async ValueTask<bool> DeliverAsync(Expansion expansion, Addressee addressee, string path, CancellationToken stop)
    {
        UserRights rights = addressee.Rights is { UserId: not 0 } own ? own : local.Settings.DefaultRights;
        if (!expansion.IsFirst($"file {rights.UserId} {path}"))
        {
            return true;
        }

        if (!local.Settings.MailToFiles.Contains(addressee.Type))
        {
            return await local.FailedAsync(expansion, addressee, "5.7.1", "mail to file is restricted", stop);
        }

        if (expansion.Delivery.IsProbe)
        {
            return await local.SentAsync(expansion, addressee, $"delivers to file: {path}", stop);
        }

        bool isMaildir = path.EndsWith('/');
        byte[] head = Head(addressee, withFrom: !isMaildir);
        long offset = expansion.Delivery.Request.ContentOffset;
        OrderResult result;
        if (isMaildir)
        {
            result = await local.Runner.RunAsync(new MaildirOrder(rights.UserId, rights.GroupId, path, head, offset, DefaultStatus), expansion.Delivery.File.File);
        }
        else
        {
            using IDisposable turn = await local.Turns.EnterAsync(path);
            MailboxOrder order = new(rights.UserId, rights.GroupId, path, head, offset, DefaultStatus, local.Settings.Locks) { IsFileTarget = true };
            result = await local.Runner.RunAsync(order, expansion.Delivery.File.File);
        }

        return await ReportAsync(
            expansion,
            addressee,
            result,
            isMaildir ? "delivered to maildir" : $"delivered to file: {path}",
            isMaildir ? "maildir delivery failed: " : $"cannot append message to file {path}: ",
            stop);
    }

    /// <summary>The lines before the message in a file or maildir.</summary>
    public byte[] Head(Addressee addressee, bool withFrom) => MessageHead.Build(
        addressee.Sender,
        withFrom ? DateTime.Now : null,
        local.Settings.ShowsOriginal ? addressee.Recipient.OriginalRecipient : "",
        local.Settings.PrependsToFiles ? addressee.DeliveredTo ?? addressee.Recipient.Address : "");

    /// <summary>Reports what came of writing to a file.</summary>
    /// <param name="failure">Stands before the reason.</param>
    public async ValueTask<bool> ReportAsync(Expansion expansion, Addressee addressee, OrderResult result, string success, string failure, CancellationToken stop)
    {
        foreach (string warning in result.Warnings)
        {
            Log.Warn(warning);
        }

        switch (result.Outcome)
        {
            case OrderOutcome.Done:
                return await local.SentAsync(expansion, addressee, success, stop);
            case OrderOutcome.Corrupt:
                expansion.IsCorrupt = true;
                return false;
            default:
                return await local.FailedForOwnerAsync(expansion, addressee, new Dsn(result.Status, "", failure + result.Reason), stop);
        }
    }
}
