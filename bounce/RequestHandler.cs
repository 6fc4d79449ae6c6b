using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Service;
using Mta.Text;

namespace Mta.Bounce;

/// <summary>One client: announcement, one request, one status.</summary>
internal sealed class RequestHandler(string service, LogStore logs, Notifications notifications, BounceSettings settings)
{
    public async Task ServeAsync(ClientConnection client, CancellationToken stop)
    {
        AttributeWriter writer = new(client.Output);
        Announcement.Write(writer, BounceProtocol.Name);
        await client.Output.FlushAsync(stop);
        BounceRequest? request;
        try
        {
            request = await BounceProtocol.ReadRequestAsync(new AttributeReader(client.Input), stop);
        }
        catch (AttributeFormatException error)
        {
            LogLines.BadRequest(error.Message);
            request = null;
            await AnswerAsync(client, writer, -1, stop);
        }

        if (request is null)
        {
            return;
        }

        Clean(request);
        if (!IsAcceptable(request, out QueueId id))
        {
            await AnswerAsync(client, writer, -1, stop);
            return;
        }

        try
        {
            int status = await HandleAsync(request, id, stop);
            if (status != 0 && request.Flags.HasFlag(DeliveryFlags.MarkDone))
            {
                logs.Remove(id);
            }

            await AnswerAsync(client, writer, status, stop);
        }
        catch (Exception error) when (error is LinuxException or TimeoutException or FatalException)
        {
            LogLines.Fatal(error.Message);
            if (request.Flags.HasFlag(DeliveryFlags.MarkDone))
            {
                logs.Remove(id);
            }
        }
    }

    private static async ValueTask AnswerAsync(ClientConnection client, AttributeWriter writer, int status, CancellationToken stop)
    {
        BounceProtocol.WriteStatus(writer, status);
        await client.Output.FlushAsync(stop);
    }

    // Nothing from a client stands in a log or a notice but as printable text.
    private void Clean(BounceRequest request)
    {
        string Printable(string text) => Text.Printable.Neutralize(text, settings.AllowUtf8);

        request.Encoding = Printable(request.Encoding);
        request.Sender = Printable(request.Sender);
        request.EnvelopeId = Printable(request.EnvelopeId);
        DeliveryRecipient recipient = request.Recipient;
        request.Recipient = recipient with
        {
            OriginalRecipient = Printable(recipient.OriginalRecipient),
            Address = Printable(recipient.Address),
            DsnOriginalRecipient = Printable(recipient.DsnOriginalRecipient),
        };
        Dsn dsn = request.Dsn;
        request.Dsn = new Dsn(
            Printable(dsn.Status), Printable(dsn.Action), Printable(dsn.Reason), Printable(dsn.DiagnosticType), Printable(dsn.DiagnosticText.Replace('\n', ' ')), Printable(dsn.MtaType), Printable(dsn.MtaName));
    }

    private bool IsAcceptable(BounceRequest request, out QueueId id)
    {
        if (!QueueId.TryParse(request.QueueId, out id))
        {
            LogLines.Malformed($"queue id: {request.QueueId}");
            return false;
        }

        if (request.Kind != BounceRequestKind.Append && !QueueName.IsValid(request.QueueName))
        {
            LogLines.Malformed($"queue name: {request.QueueName}");
            return false;
        }

        if (request.Kind == BounceRequestKind.Verp
            && (request.VerpDelimiters.Length != 2
                || !settings.VerpDelimiterFilter.Contains(request.VerpDelimiters[0])
                || !settings.VerpDelimiterFilter.Contains(request.VerpDelimiters[1])))
        {
            LogLines.Malformed($"verp delimiter string: {request.VerpDelimiters}");
            return false;
        }

        if (request.Kind == BounceRequestKind.One && service != QueueName.Bounce)
        {
            LogLines.WrongService(service);
            return false;
        }

        return true;
    }

    private async ValueTask<int> HandleAsync(BounceRequest request, QueueId id, CancellationToken stop)
    {
        switch (request.Kind)
        {
            case BounceRequestKind.Append:
                await logs.AppendAsync(id, request.Recipient, request.Dsn, stop);
                return 0;
            case BounceRequestKind.Flush:
                return await notifications.ReturnAsync(request, id, stop);
            case BounceRequestKind.Warn:
                return await notifications.WarnAsync(request, id, stop);
            case BounceRequestKind.Verp:
                return await notifications.ReturnVerpAsync(request, id, stop);
            case BounceRequestKind.One:
                return await notifications.ReturnOneAsync(request, id, stop);
            case BounceRequestKind.TraceFlush:
                return await notifications.ReportAsync(request, id, stop);
            default:
                throw new InvalidOperationException("the protocol lets no other request through");
        }
    }
}
