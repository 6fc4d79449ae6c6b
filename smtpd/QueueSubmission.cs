using Mta.Linux;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Milter;
using Mta.Service;
using Mta.Service.Logging;
using Mta.Text;

namespace Mta.Smtpd;

/// <summary>Hands a message to cleanup: the envelope records in their order, what tables added, the end.</summary>
internal static class QueueSubmission
{
    /// <summary>Connects to cleanup, logs the client under the new queue ID and writes the sender part of the envelope.</summary>
    /// <returns>False when there is no queue file; the log says why.</returns>
    public static async ValueTask<bool> OpenAsync(Session session, CancellationToken stop)
    {
        MailTransaction transaction = session.Transaction!; // callers are inside a transaction
        CleanupFlags flags = session.Settings.CleanupFlags;
        flags = session.Milters is null ? flags & ~CleanupFlags.Milter : flags | CleanupFlags.Milter;
        flags |= transaction.IsTlsRequired ? CleanupFlags.RequireTls : CleanupFlags.None;
        flags |= transaction.IsSmtpUtf8 ? CleanupFlags.SmtpUtf8 : session.Settings.AutodetectsUtf8 ? CleanupFlags.AutoUtf8 : 0;
        try
        {
            transaction.Queue = session.IsStandalone ? await session.Server.Postdrop.OpenAsync(stop) : await session.Server.Cleanup.OpenAsync(flags, stop);
        }
        catch (LinuxException error) when (session.IsStandalone)
        {
            // The process serves nobody else.
            MailLog.Fatal($"unable to execute {error.Path}: {error.Reason}");
        }
        catch (IOException error)
        {
            LogLines.QueueServiceLost(session, error.Message);
            return false;
        }

        LogLines.NewMessage(session, transaction, session.QueueId);
        if (session.IsStandalone)
        {
            WriteDroppedEnvelope(transaction, transaction.Queue.Output);
        }
        else
        {
            WriteEnvelope(session, transaction, transaction.Queue);
        }

        return true;
    }

    /// <summary>Writes a recipient with what the client asked for it.</summary>
    public static void AddRecipient(MailTransaction transaction, string recipient, string originalRecipient, DsnNotify notify)
    {
        BufferedOutput output = transaction.Queue!.Output; // opened before the first recipient is added
        if (notify != DsnNotify.None)
        {
            RecordWriter.WriteAttribute(output, QueueAttribute.NotifyFlags, (int)notify);
        }

        RecordWriter.WriteAttribute(output, QueueAttribute.DsnOriginalRecipient, originalRecipient);
        RecordWriter.Write(output, RecordType.Recipient, recipient);
    }

    /// <summary>Ends the envelope: what access tables asked for, then the start of the content with our trace field.</summary>
    public static void BeginContent(Session session, MailTransaction transaction)
    {
        BufferedOutput output = transaction.Content;
        if (transaction.Proxy is not null)
        {
            WriteOwnHeaders(session, transaction, output);
            return;
        }

        if (transaction.ExtraFlags != CleanupFlags.None)
        {
            RecordWriter.Write(output, RecordType.Flags, ((int)transaction.ExtraFlags).ToString());
        }

        if (transaction.Filter is not null)
        {
            RecordWriter.Write(output, RecordType.Filter, transaction.Filter);
        }

        if (transaction.Redirect is not null)
        {
            RecordWriter.Write(output, RecordType.Redirect, transaction.Redirect);
        }

        foreach (string bcc in transaction.Bcc ?? [])
        {
            RecordWriter.WriteAttribute(output, QueueAttribute.NotifyFlags, (int)DsnNotify.Never);
            RecordWriter.Write(output, RecordType.Recipient, bcc);
        }

        RecordWriter.Write(output, RecordType.Message);
        WriteOwnHeaders(session, transaction, output);
    }

    private static void WriteOwnHeaders(Session session, MailTransaction transaction, BufferedOutput output)
    {
        foreach (string header in transaction.Prepended ?? [])
        {
            foreach (string line in header.Split('\n'))
            {
                RecordWriter.WriteText(output, ByteString.ToBytes(line), session.Settings.LineLengthLimit);
            }
        }

        // A filter behind another hop of the same host: that hop has written its field.
        if (transaction.Proxy is null || session.Forwarded is null)
        {
            ReceivedField.Write(session, transaction, output);
        }
    }

    /// <summary>Ends the message. The answer is cleanup's word, or a write error where it did not give one.</summary>
    public static async ValueTask<CleanupResult> FinishAsync(Session session, MailTransaction transaction, CancellationToken stop)
    {
        if (transaction.IsQueueBroken || transaction.Queue is null)
        {
            return new CleanupResult(CleanupStatus.Write, "");
        }

        try
        {
            RecordWriter.Write(transaction.Queue.Output, RecordType.Extracted);
            if (transaction.ExtraFlags != CleanupFlags.None)
            {
                RecordWriter.Write(transaction.Queue.Output, RecordType.Flags, ((int)transaction.ExtraFlags).ToString());
            }

            RecordWriter.Write(transaction.Queue.Output, RecordType.End);
            return await transaction.Queue.FinishAsync(stop);
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            LogLines.QueueServiceLost(session, error.Message);
            return new CleanupResult(CleanupStatus.Write, "");
        }
    }

    // What postdrop lets a user say about his own mail.
    private static void WriteDroppedEnvelope(MailTransaction transaction, BufferedOutput output)
    {
        RecordWriter.Write(output, RecordType.Sender, transaction.Sender);
        if (transaction.Encoding.Length > 0)
        {
            RecordWriter.WriteAttribute(output, QueueAttribute.Encoding, transaction.Encoding);
        }

        if (transaction.VerpDelimiters is not null)
        {
            RecordWriter.Write(output, RecordType.Verp, transaction.VerpDelimiters);
        }
    }

    private static void WriteEnvelope(Session session, MailTransaction transaction, CleanupSession queue)
    {
        BufferedOutput output = queue.Output;
        ClientIdentity client = session.Client;
        long microseconds = transaction.Arrival.ToUnixTimeMilliseconds() * 1000 % 1_000_000;
        if (session.Milters is not null)
        {
            MilterHandover.Announce(output);
        }

        RecordWriter.Write(output, RecordType.Time, $"{transaction.Arrival.ToUnixTimeSeconds()} {microseconds}");
        if (session.Settings.ContentFilter.Length > 0)
        {
            RecordWriter.Write(output, RecordType.Filter, session.Settings.ContentFilter);
        }

        ForwardedClient? forwarded = session.Forwarded;
        RecordWriter.WriteAttribute(output, QueueAttribute.LogIdent, forwarded?.Identifier ?? queue.Id.Value);
        RecordWriter.WriteAttribute(output, QueueAttribute.RewriteContext, forwarded?.IsLocal ?? transaction.IsLocalRewrite ? "local" : "remote");
        if (session.Login is { } login)
        {
            RecordWriter.WriteAttribute(output, QueueAttribute.SaslMethod, login.Method);
            RecordWriter.WriteAttribute(output, QueueAttribute.SaslUsername, login.UserName);
        }

        if (transaction.SaslSender.Length > 0)
        {
            RecordWriter.WriteAttribute(output, QueueAttribute.SaslSender, transaction.SaslSender);
        }

        if (transaction.EnvelopeId.Length > 0)
        {
            RecordWriter.WriteAttribute(output, QueueAttribute.EnvelopeId, transaction.EnvelopeId);
        }

        if (transaction.Return != DsnReturn.None)
        {
            RecordWriter.WriteAttribute(output, QueueAttribute.ReturnFlags, (int)transaction.Return);
        }

        RecordWriter.Write(output, RecordType.Sender, transaction.Sender);
        if (transaction.Encoding.Length > 0)
        {
            RecordWriter.WriteAttribute(output, QueueAttribute.Encoding, transaction.Encoding);
        }

        if (forwarded is not null)
        {
            WriteForwarded(output, forwarded);
        }
        else
        {
            WriteLogged(session, output, client);
        }

        RecordWriter.WriteAttribute(output, QueueAttribute.ClientName, client.Name);
        RecordWriter.WriteAttribute(output, QueueAttribute.ReverseClientName, client.ReverseName);
        RecordWriter.WriteAttribute(output, QueueAttribute.ClientAddress, client.Address);
        RecordWriter.WriteAttribute(output, QueueAttribute.ClientPort, Port(client.Port));
        if (session.ServerAddress.Length > 0)
        {
            RecordWriter.WriteAttribute(output, QueueAttribute.ServerAddress, session.ServerAddress);
            RecordWriter.WriteAttribute(output, QueueAttribute.ServerPort, Port(session.ServerPort));
        }

        if (session.HeloName is not null)
        {
            RecordWriter.WriteAttribute(output, QueueAttribute.HeloName, session.HeloName);
        }

        RecordWriter.WriteAttribute(output, QueueAttribute.ProtocolName, session.Protocol);
        RecordWriter.WriteAttribute(output, QueueAttribute.ClientAddressType, client.Family);
        if (transaction.VerpDelimiters is not null)
        {
            RecordWriter.Write(output, RecordType.Verp, transaction.VerpDelimiters);
        }
    }

    // What the agents log about the client.
    private static void WriteLogged(Session session, BufferedOutput output, ClientIdentity client)
    {
        if (session.IsStandalone)
        {
            RecordWriter.WriteAttribute(output, QueueAttribute.LogMessageOrigin, "local");
        }
        else
        {
            RecordWriter.WriteAttribute(output, QueueAttribute.LogClientName, client.Name);
            RecordWriter.WriteAttribute(output, QueueAttribute.LogClientAddress, client.TaggedAddress);
            RecordWriter.WriteAttribute(output, QueueAttribute.LogClientPort, Port(client.Port));
            RecordWriter.WriteAttribute(output, QueueAttribute.LogMessageOrigin, session.NameAndAddress);
        }

        if (session.HeloName is not null)
        {
            RecordWriter.WriteAttribute(output, QueueAttribute.LogHeloName, session.HeloName);
        }

        RecordWriter.WriteAttribute(output, QueueAttribute.LogProtocolName, session.Protocol);
    }

    private static void WriteForwarded(BufferedOutput output, ForwardedClient forwarded)
    {
        RecordWriter.WriteAttribute(output, QueueAttribute.LogClientName, forwarded.Name ?? ClientIdentity.Unknown);
        RecordWriter.WriteAttribute(output, QueueAttribute.LogClientAddress, DomainSyntax.ToRfc5321(forwarded.Address ?? ClientIdentity.Unknown));
        RecordWriter.WriteAttribute(output, QueueAttribute.LogClientPort, forwarded.Port ?? ClientIdentity.Unknown);
        RecordWriter.WriteAttribute(output, QueueAttribute.LogMessageOrigin, forwarded.NameAndAddress);
        if (forwarded.HeloName is not null)
        {
            RecordWriter.WriteAttribute(output, QueueAttribute.LogHeloName, forwarded.HeloName);
        }

        RecordWriter.WriteAttribute(output, QueueAttribute.LogProtocolName, forwarded.Protocol ?? ClientIdentity.Unknown);
    }

    private static string Port(int port) => port == 0 ? ClientIdentity.Unknown : port.ToString();
}
