using Mta.Mail.Headers;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.Local;

/// <summary>
/// Sends mail on as a new message: for addresses elsewhere, and for members of lists. All recipients that share sender
/// and <c>Delivered-To</c> share the message. Nothing is sent unless everything else went well, since it would be sent
/// again at the next attempt.
/// </summary>
internal sealed class Forwarding(LocalAgent local)
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    /// <summary>Notes a recipient.</summary>
    public async ValueTask<bool> AddAsync(Expansion expansion, Addressee addressee, CancellationToken stop)
    {
        string address = addressee.Recipient.Address;
        if (!expansion.IsFirst($"forward {addressee.Sender} {address}"))
        {
            return true;
        }

        if (expansion.Delivery.IsProbe)
        {
            return await local.SentAsync(expansion, addressee, $"forwards to {address}", stop);
        }

        string deliveredTo = addressee.DeliveredTo ?? address;
        ForwardedMessage? message = expansion.Forwards.Find(known => known.DeliveredTo == deliveredTo && known.From.Sender == addressee.Sender);
        if (message is null)
        {
            message = new ForwardedMessage(deliveredTo, addressee);
            expansion.Forwards.Add(message);
        }

        message.Recipients.Add(addressee.Recipient);
        return true;
    }

    /// <summary>Sends what was noted, when the recipient's expansion ended well.</summary>
    /// <returns>False when something could not be sent: the recipient was deferred.</returns>
    public async ValueTask<bool> FinishAsync(Expansion expansion, Addressee addressee, bool isFinal, CancellationToken stop)
    {
        if (!isFinal || expansion.Forwards.Count == 0)
        {
            return isFinal;
        }

        foreach (ForwardedMessage message in expansion.Forwards)
        {
            string? id = await SendAsync(expansion, message, stop);
            if (expansion.IsCorrupt)
            {
                return false;
            }

            Addressee reported = addressee with { Recipient = addressee.Recipient with { Notify = addressee.Recipient.Notify & ~DsnNotify.Success } };
            isFinal &= id is null
                ? await local.FailedAsync(expansion, addressee, "4.3.0", "unable to forward message", stop)
                : await local.SentAsync(expansion, reported, $"forwarded as {id}", stop, "relayed");
        }

        return isFinal;
    }

    private async ValueTask<string?> SendAsync(Expansion expansion, ForwardedMessage message, CancellationToken stop)
    {
        DeliveryRequest request = expansion.Delivery.Request;
        CleanupFlags flags = CleanupFlags.Bounce | CleanupFlags.Map;
        flags |= (request.SmtpUtf8 & SendOptions.RequireTls) != 0 ? CleanupFlags.RequireTls : CleanupFlags.None;
        flags |= (request.SmtpUtf8 & 1) != 0 ? CleanupFlags.SmtpUtf8 : local.Settings.SmtpUtf8Autodetect ? CleanupFlags.AutoUtf8 : CleanupFlags.None;
        try
        {
            using CleanupSession session = await local.Cleanup.OpenAsync(flags, stop);
            WriteEnvelope(session.Output, message, request);
            if (!await WriteContentAsync(session, expansion, message, stop))
            {
                expansion.IsCorrupt = true;
                return null;
            }

            CleanupResult result = await session.FinishAsync(stop);
            if (result.Status == CleanupStatus.Ok)
            {
                return session.Id.Value;
            }

            Log.Warn($"{expansion.Delivery.QueueId}: unable to forward message: {result.Status} {result.Reason}");
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            Log.Warn($"{expansion.Delivery.QueueId}: unable to forward message: {error.Message}");
        }

        return null;
    }

    private static void WriteEnvelope(Text.BufferedOutput output, ForwardedMessage message, DeliveryRequest request)
    {
        (long seconds, long micros) = Math.DivRem(MessageTimes.Now(TimeProvider.System), 1_000_000);
        RecordWriter.Write(output, RecordType.Time, $"{seconds} {micros}");
        RecordWriter.Write(output, RecordType.Sender, message.From.Sender);
        if (message.From.Ret != DsnReturn.None)
        {
            RecordWriter.WriteAttribute(output, "ret_flags"u8, (long)message.From.Ret);
        }

        Attribute("envelope_id"u8, message.From.EnvelopeId);
        Attribute("log_client_name"u8, request.ClientName);
        Attribute("log_client_address"u8, request.ClientAddress);
        Attribute("log_protocol_name"u8, request.ClientProtocol);
        Attribute("log_helo_name"u8, request.ClientHelo);
        Attribute("sasl_method"u8, request.SaslMethod);
        Attribute("sasl_username"u8, request.SaslUsername);
        Attribute("sasl_sender"u8, request.SaslSender);
        Attribute("log_ident"u8, request.LogIdent);
        Attribute("rewrite_context"u8, request.RewriteContext);
        foreach (DeliveryRecipient recipient in message.Recipients)
        {
            Attribute("dsn_orig_rcpt"u8, recipient.DsnOriginalRecipient);
            if (recipient.Notify != DsnNotify.None)
            {
                RecordWriter.WriteAttribute(output, "notify_flags"u8, (long)recipient.Notify);
            }

            if (recipient.OriginalRecipient.Length > 0)
            {
                RecordWriter.Write(output, RecordType.OriginalRecipient, recipient.OriginalRecipient);
            }

            RecordWriter.Write(output, RecordType.Recipient, recipient.Address);
        }

        RecordWriter.Write(output, RecordType.Message);

        void Attribute(ReadOnlySpan<byte> name, string value)
        {
            if (value.Length > 0)
            {
                RecordWriter.WriteAttribute(output, name, value);
            }
        }
    }

    private async ValueTask<bool> WriteContentAsync(CleanupSession session, Expansion expansion, ForwardedMessage message, CancellationToken stop)
    {
        RecordWriter.Write(session.Output, RecordType.Text, $"Received: by {local.Settings.HostName} ({local.Settings.MailName})");
        RecordWriter.Write(session.Output, RecordType.Text, $"\tid {session.Id}; {HeaderDate.Format(DateTime.UtcNow)}");
        if (local.Settings.PrependsToForwards)
        {
            string folded = CaseFolding.Fold(message.DeliveredTo, local.Settings.Utf8);
            RecordWriter.Write(session.Output, RecordType.Text, $"Delivered-To: {AddressSyntax.ToExternal(folded).Replace('\n', '?')}");
        }

        using ContentReader content = expansion.Delivery.File.Content(expansion.Delivery.Request.ContentOffset);
        while (WriteSome(session.Output, content))
        {
            await session.Output.FlushAsync(stop);
        }

        if (!content.IsComplete)
        {
            return false;
        }

        RecordWriter.Write(session.Output, RecordType.Extracted);
        RecordWriter.Write(session.Output, RecordType.End);
        return true;
    }

    private static bool WriteSome(BufferedOutput output, ContentReader content)
    {
        while (!output.IsFull)
        {
            if (!content.ReadChunk(out ReadOnlySpan<byte> text, out bool endsLine))
            {
                return false;
            }

            RecordWriter.Write(output, endsLine ? RecordType.Text : RecordType.ContinuedText, text);
        }

        return true;
    }
}
