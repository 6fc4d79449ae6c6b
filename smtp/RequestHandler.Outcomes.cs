using Mta.Mail.Protocols;

namespace Mta.Smtp;

/// <summary>The part that deals with recipients: reports of them, and who is left for the next server.</summary>
internal sealed partial class RequestHandler
{
    private void NoteError(Dsn failure, bool isSite)
    {
        _lastError = failure;
        if (isSite)
        {
            _hop ??= failure;
        }
    }

    // Carries out what a transaction decided. Recipients that may succeed elsewhere stay.
    private async ValueTask ReportAsync(TransactionResult result, bool isFinal, CancellationToken stop, bool offersDsn = false)
    {
        List<RecipientState> kept = [];
        bool hasLogged = false;
        foreach (RecipientState recipient in _left)
        {
            Dsn? outcome = recipient.Outcome ?? result.Failure;
            if (outcome is null)
            {
                kept.Add(recipient);
                continue;
            }

            switch (outcome.Status[0])
            {
                case '2':
                    await SentAsync(recipient.Recipient, outcome, offersDsn, stop);
                    break;
                case '5' when isFinal || !settings.SoftBounce:
                    delivery.Finish(recipient.Recipient, await delivery.BouncedAsync(recipient.Recipient, _relay, outcome, stop));
                    break;
                case '4' when isFinal:
                    delivery.Finish(recipient.Recipient, await delivery.DeferredAsync(recipient.Recipient, _relay, outcome, stop));
                    break;
                default:
                    _lastError = outcome;
                    if (recipient.Outcome is not null || !hasLogged)
                    {
                        Log.Info($"{delivery.QueueId}: {outcome.Reason}");
                        hasLogged = true;
                    }

                    recipient.Outcome = null;
                    kept.Add(recipient);
                    break;
            }
        }

        _left.Clear();
        _left.AddRange(kept);
    }

    private async ValueTask SentAsync(DeliveryRecipient recipient, Dsn outcome, bool offersDsn, CancellationToken stop)
    {
        // A server that knows DSN reports success itself (RFC 3461 §5.2.1).
        DeliveryRecipient reported = offersDsn && recipient.Notify.HasFlag(DsnNotify.Success)
            ? recipient with { Notify = recipient.Notify & ~DsnNotify.Success }
            : recipient;
        delivery.Finish(recipient, await delivery.SentAsync(reported, _relay, outcome, stop));
    }

    private async ValueTask FinishRestAsync(CancellationToken stop)
    {
        if (_left.Count == 0)
        {
            return;
        }

        Dsn error = _lastError ?? new Dsn("4.3.0", "", "server unavailable or unable to receive mail");
        foreach (RecipientState recipient in _left)
        {
            delivery.Finish(recipient.Recipient, await delivery.FailedAsync(recipient.Recipient, _relay, error, stop));
        }

        _left.Clear();
    }
}
