using Mta.Mail.Protocols;

namespace Mta.Cleanup;

/// <summary>Reports of alias expansion to the trace service (RFC 3461 §5.2.7.2, action "expanded").</summary>
internal sealed class TraceStage(CleanupContext context)
{
    public async ValueTask ExpandedAsync(Message message, string original, string address, string dsnOriginal, int notify, CancellationToken stop)
    {
        if (!message.MayWrite)
        {
            return;
        }

        DeliveryRecipient recipient = new(original, address, 0, dsnOriginal, (DsnNotify)notify);
        Dsn dsn = new("2.0.0", "expanded", "alias expanded");
        int status = await context.Bounce.AppendAsync(BounceService.Trace, DeliveryFlags.None, message.Id.Value, recipient, dsn, stop);
        if (status != 0)
        {
            message.Fail(CleanupStatus.Write);
        }
        else
        {
            message.HasTrace = true;
        }
    }
}
