using Mta.Delivery;
using Mta.Mail.Protocols;
using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.Local;

/// <summary>Mail for a name that is neither alias nor user.</summary>
internal sealed class UnknownUser(LocalAgent local)
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public async ValueTask<bool> DeliverAsync(Expansion expansion, Addressee addressee, CancellationToken stop)
    {
        if (!expansion.IsFirst($"unknown {addressee.Local}"))
        {
            return true;
        }

        LookupResult transport = await local.FallbackTransports.LookupAsync(addressee.User, stop: stop);
        if (transport.IsFailed)
        {
            return await local.FailedAsync(expansion, addressee, "4.3.0", "table lookup failure", stop);
        }

        string service = transport.IsFound ? transport.Value : local.Settings.FallbackTransport;
        if (service.Length > 0)
        {
            return await PassThrough.SendAsync(expansion.Delivery, addressee.Recipient, service, stop);
        }

        if (local.Settings.LuserRelay.Length > 0 && await RelayAsync(addressee, stop) is { } relay)
        {
            return await local.Lists.ResolveAsync(expansion, addressee with { Level = addressee.Level + 1, Unmatched = null }, relay, stop);
        }

        if (addressee.User is "mailer-daemon" or "postmaster")
        {
            Log.Warn($"required alias not found: {addressee.User}");
            return await local.SentAsync(expansion, addressee, "discarded", stop);
        }

        return await local.FailedAsync(expansion, addressee, "5.1.1", $"unknown user: \"{addressee.User}\"", stop);
    }

    // Null when it leads back to the recipient himself.
    private async ValueTask<string?> RelayAsync(Addressee addressee, CancellationToken stop)
    {
        if (new ValueExpansion(addressee, addressee.Rights, local.Settings.Delimiters, null).Expand(local.Settings.LuserRelay) is not { Length: > 0 } text)
        {
            return null;
        }

        string relay = await local.Rewriter.RewriteInternalAsync(RewriteContext.Local, text, stop);
        return Ascii.EqualsIgnoreCase(relay, addressee.Recipient.Address) ? null : relay;
    }
}
