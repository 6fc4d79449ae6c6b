using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Qmgr.Scheduling;
using Mta.Text;

namespace Mta.Qmgr.Feeding;

/// <summary>
/// Decides where each recipient goes: asks the rewrite service, applies what overrides its answer, and finds the
/// destination queue. Recipients that end here are taken out of the list.
/// </summary>
internal sealed class RecipientRouter(QmgrSettings settings, Scheduler scheduler, RewriteClient rewrite, AddressExtension extension)
{
    /// <summary>Verification probes in the active queue.</summary>
    public int PendingProbes { get; set; }

    /// <summary>Defers a recipient without an agent, with a reason <c>D.S.N text</c>.</summary>
    public Action<Message, Recipient, string> DeferDirectly { get; set; } = static (_, _, _) => { };

    /// <summary>Mail for the double bounce address: finishes the recipient.</summary>
    public Action<Message, Recipient> DiscardPostmasterNotice { get; set; } = static (_, _) => { };

    /// <summary>Asks where each recipient goes. Recipients that end here are taken out.</summary>
    public async ValueTask ResolveAsync(Message message, List<Recipient> recipients, CancellationToken stop)
    {
        if (message.Redirect.Length > 0)
        {
            await RedirectAsync(message, recipients, stop);
        }

        if (recipients.Count > 1)
        {
            recipients.Sort(static (left, right) => CompareAddresses(left, right));
        }

        int kept = 0;
        for (int i = 0; i < recipients.Count; i++)
        {
            Recipient recipient = recipients[i];
            if (await ResolveOneAsync(message, recipient, stop))
            {
                recipients[kept++] = recipient;
            }
        }

        recipients.RemoveRange(kept, recipients.Count - kept);
    }

    /// <summary>
    /// Finds the queues of resolved recipients and sorts them for bundling. The caller assigns them at once: until then
    /// an empty queue may vanish.
    /// </summary>
    public void Bind(Message message, List<Recipient> recipients) => BindAll(message, recipients, reason: null);

    /// <summary>
    /// Finds the queue of the retry service for recipients whose destination died (<c>D.S.N text</c>). Those that it
    /// cannot take are deferred directly, and taken out.
    /// </summary>
    public void BindToRetry(Message message, List<Recipient> recipients, string reason) => BindAll(message, recipients, reason);

    private void BindAll(Message message, List<Recipient> recipients, string? reason)
    {
        int kept = 0;
        for (int i = 0; i < recipients.Count; i++)
        {
            Recipient recipient = recipients[i];
            if (reason is null ? FindQueue(message, recipient) : ToRetry(message, recipient, reason))
            {
                recipients[kept++] = recipient;
            }
        }

        recipients.RemoveRange(kept, recipients.Count - kept);
        if (kept > 1)
        {
            recipients.Sort(static (left, right) => CompareDestinations(left, right));
        }
    }

    // Only the first recipient in memory counts, and it becomes the redirect address.
    private async ValueTask RedirectAsync(Message message, List<Recipient> recipients, CancellationToken stop)
    {
        message.UnreadRecipients = 0;
        message.Reader = null;
        if (recipients.Count == 0)
        {
            return;
        }

        recipients.RemoveRange(1, recipients.Count - 1);
        string address = await rewrite.RewriteInternalAsync(RewriteContext.Local, message.Redirect, stop);
        recipients[0].Wire = recipients[0].Wire with { Address = address };
    }

    private async ValueTask<bool> ResolveOneAsync(Message message, Recipient recipient, CancellationToken stop)
    {
        ResolveFlags addressClass = ResolveFlags.None;
        bool isMtaProbe = (message.TraceFlags & DeliveryFlags.MtaVerify) != 0;
        if (message.ContentFilter.Length > 0 && (message.TraceFlags & DeliveryFlags.AnyVerify) == 0)
        {
            SetFilterDestination(message, recipient);
        }
        else
        {
            ValueTask<ResolveReply> asked = isMtaProbe
                ? rewrite.ResolveForVerifyAsync(message.Sender, recipient.Address, stop)
                : rewrite.ResolveAsync(message.Sender, recipient.Address, stop);
            ResolveReply reply = asked.IsCompletedSuccessfully ? asked.Result : await asked;
            addressClass = TakeReply(recipient, reply);
        }

        if (recipient.Address.Length == 0)
        {
            recipient.SetDestination(settings.ErrorService, "5.1.3 null recipient address");
        }

        if (message.IsForceExpired)
        {
            recipient.SetDestination(settings.RetryService, "4.7.0 message is administratively expired");
        }
        else if (addressClass == ResolveFlags.ClassLocal
            && Ascii.EqualsIgnoreCase(AddressSyntax.LocalPart(recipient.Address), settings.DoubleBounceSender))
        {
            DiscardPostmasterNotice(message, recipient);
            return false;
        }
        else if (!message.IgnoresDeferTransports && settings.DeferTransports.Contains(recipient.TransportName))
        {
            recipient.SetDestination(settings.RetryService, "4.3.2 deferred transport");
        }
        else if (isMtaProbe && PendingProbes > settings.PendingProbeLimit)
        {
            recipient.SetDestination(settings.RetryService, "4.3.2 Too many address verification requests");
        }

        return true;
    }

    private ResolveFlags TakeReply(Recipient recipient, ResolveReply reply)
    {
        if (reply.IsFailed)
        {
            recipient.SetDestination(settings.RetryService, "4.3.0 address resolver failure");
            return ResolveFlags.None;
        }

        if (reply.IsInvalid)
        {
            recipient.SetDestination(settings.ErrorService, "5.1.3 bad address syntax");
            return ResolveFlags.None;
        }

        recipient.SetDestination(reply.Transport, reply.NextHop);
        if (reply.Recipient != recipient.Address)
        {
            recipient.Wire = recipient.Wire with { Address = reply.Recipient };
        }

        return reply.Class;
    }

    private bool FindQueue(Message message, Recipient recipient)
    {
        Transport transport = scheduler.FindOrAddTransport(recipient.TransportName);
        if (transport.DeadReason is not null && message.IsFlushed)
        {
            scheduler.ReviveTransport(transport);
        }

        if (transport.DeadReason is not null)
        {
            return ToRetry(message, recipient, transport.DeadReason);
        }

        string name = Scheduler.QueueName(transport, recipient.NextHop, UserOf(recipient.Address));
        DestinationQueue queue = scheduler.FindOrAddQueue(transport, name);
        if (queue.DeadReason is not null && message.IsFlushed)
        {
            scheduler.Revive(queue);
            queue = scheduler.FindOrAddQueue(transport, name);
        }

        if (queue.DeadReason is not null)
        {
            return ToRetry(message, recipient, queue.DeadReason);
        }

        recipient.Queue = queue;
        return true;
    }

    // Without the retry service the reason is still that of the destination, not that of the service.
    private bool ToRetry(Message message, Recipient recipient, string reason)
    {
        if (recipient.TransportName == settings.RetryService
            || (!message.IsFlushed && scheduler.FindOrAddTransport(settings.RetryService).DeadReason is not null))
        {
            DeferDirectly(message, recipient, reason);
            return false;
        }

        recipient.SetDestination(settings.RetryService, reason);
        return FindQueue(message, recipient);
    }

    private void SetFilterDestination(Message message, Recipient recipient)
    {
        int colon = message.ContentFilter.IndexOf(':', StringComparison.Ordinal);
        string transport = colon < 0 ? message.ContentFilter : message.ContentFilter[..colon];
        string nextHop = colon < 0 ? "" : message.ContentFilter[(colon + 1)..];
        if (nextHop.Length == 0)
        {
            nextHop = settings.DefaultFilterNextHop.Length > 0 ? settings.DefaultFilterNextHop : AddressSyntax.Domain(recipient.Address).ToString();
            nextHop = nextHop.Length > 0 ? nextHop : settings.MyHostname;
        }

        recipient.SetDestination(transport, nextHop);
    }

    private ReadOnlySpan<char> UserOf(string address)
    {
        ReadOnlySpan<char> local = AddressSyntax.LocalPart(address);
        int split = extension.IndexInLocalPart(local);
        return split < 0 ? local : local[..split];
    }

    private static int CompareAddresses(Recipient left, Recipient right)
    {
        int order = left.Domain.CompareTo(right.Domain, StringComparison.OrdinalIgnoreCase);
        return order != 0 ? order : string.Compare(left.Address, right.Address, StringComparison.OrdinalIgnoreCase);
    }

    private static int CompareDestinations(Recipient left, Recipient right)
    {
        if (left.Queue != right.Queue)
        {
            // Routed recipients have a queue.
            int order = string.CompareOrdinal(left.Queue!.Transport.Name, right.Queue!.Transport.Name);
            order = order != 0 ? order : string.CompareOrdinal(left.Queue.Name, right.Queue.Name);
            if (order != 0)
            {
                return order;
            }
        }

        return CompareAddresses(left, right);
    }
}
