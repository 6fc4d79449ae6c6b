using Mta.Delivery.Orders;
using Mta.Linux;
using Mta.Mail.Protocols;
using NLog;

namespace Mta.Local;

/// <summary>Follows a user's <c>.forward</c> file.</summary>
internal sealed class ForwardFileDelivery(LocalAgent local)
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    /// <returns>Null when there is none that counts: the mailbox is next. Else whether the outcome is final.</returns>
    public async ValueTask<bool?> TryAsync(Expansion expansion, Addressee addressee, CancellationToken stop)
    {
        if (local.Settings.ForwardPath.Count == 0)
        {
            return null;
        }

        if (!local.Accounts.TryFind(addressee.User, out Account? account))
        {
            return await local.FailedAsync(expansion, addressee, "4.0.0", "user lookup error", stop);
        }

        // Without privileges another user's home is not ours to look into.
        if (account is null || (!local.Runner.IsPrivileged && account.UserId != Posix.EffectiveUser))
        {
            return null;
        }

        UserRights rights = UserRights.Of(account);
        List<(string Path, bool UsedExtension)> candidates = Candidates(addressee, rights);
        if (candidates.Count == 0)
        {
            return null;
        }

        List<string> paths = [];
        foreach ((string path, _) in candidates)
        {
            paths.Add(path);
        }

        OrderResult found = await local.Runner.RunAsync(new FindFileOrder(account.UserId, account.GroupId, paths), null);
        if (found.Outcome == OrderOutcome.Failed)
        {
            return await local.FailedAsync(expansion, addressee, new Dsn(found.Status, "", found.Reason), stop);
        }

        if (found.Outcome == OrderOutcome.Absent || found.Number < 0 || found.Number >= candidates.Count)
        {
            return null;
        }

        (string chosen, bool usedExtension) = candidates[(int)found.Number];
        if (expansion.ForwardFiles.TryGetValue(chosen, out bool isDone))
        {
            found.File?.Dispose();
            return isDone ? true : null;
        }

        if (expansion.Delivery.Request.Flags.HasFlag(DeliveryFlags.MtaVerify))
        {
            found.File?.Dispose();
            return await local.SentAsync(expansion, addressee, $"forward via file: {chosen}", stop);
        }

        expansion.ForwardFiles[chosen] = false;
        bool? result = null;
        if (found.File is { } file)
        {
            result = await DeliverAsync(expansion, addressee, rights, file, usedExtension, stop);
        }
        else
        {
            Log.Warn($"{found.Reason}");
        }

        expansion.ForwardFiles[chosen] = true;
        return result;
    }

    private async ValueTask<bool?> DeliverAsync(Expansion expansion, Addressee addressee, UserRights rights, FileHandle file, bool usedExtension, CancellationToken stop)
    {
        Addressee parent = addressee.WithoutSuccess() with
        {
            Type = ExpansionType.Forward,
            ExpandedFrom = addressee.Local,
            Rights = rights,
            Owner = addressee.User,
            Unmatched = usedExtension || !local.Settings.Propagated.Contains(ExpansionType.Forward) ? null : addressee.Unmatched,
            DeliveredTo = local.Settings.FrozenDeliveredTo ? addressee.DeliveredTo : addressee.Recipient.Address,
        };
        (bool isFinal, int count) = await local.Lists.DeliverAllAsync(expansion, parent, file, stop);
        if (isFinal && count == 0)
        {
            return null;
        }

        return isFinal && await local.Lists.ReportExpandedAsync(expansion, addressee, "expanded", stop);
    }

    private List<(string Path, bool UsedExtension)> Candidates(Addressee addressee, UserRights rights)
    {
        List<(string, bool)> candidates = [];
        foreach (string pattern in local.Settings.ForwardPath)
        {
            ValueExpansion expansion = new(addressee, rights, local.Settings.Delimiters, local.Settings.ForwardFilter);
            if (expansion.Expand(pattern) is { Length: > 0 } path && !expansion.MetUndefined)
            {
                candidates.Add((path, expansion.UsedExtension));
            }
        }

        return candidates;
    }
}
