using Mta.Mail.Addresses;
using Mta.Mail.Headers;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Smtpd;

/// <summary>The trace field that this hop adds (RFC 5321 §4.4), as Postfix words it.</summary>
internal static class ReceivedField
{
    public static void Write(Session session, MailTransaction transaction, BufferedOutput output)
    {
        SmtpdSettings settings = session.Settings;
        ClientIdentity client = session.Client;
        string id = session.QueueId;
        string date = HeaderDate.Format(transaction.Arrival.UtcDateTime);
        string by;
        if (settings.HideClientSession)
        {
            by = $"Received: by {settings.HostName} ({settings.MailName}) id {id}";
        }
        else
        {
            RecordWriter.Write(output, RecordType.Text, $"Received: from {session.HeloName ?? client.Name} ({client.Name} [{client.TaggedAddress}])");
            string protocol = !transaction.IsSmtpUtf8 ? session.Protocol : "UTF8SMTP";
            if (session.SaslUser is not null && protocol != "SMTP")
            {
                protocol += "A"; // RFC 3848: with authentication
            }

            by = $"\tby {settings.HostName} ({settings.MailName}) with {protocol} id {id}";
        }

        if (transaction.RecipientCount == 1)
        {
            RecordWriter.Write(output, RecordType.Text, by);
            RecordWriter.Write(output, RecordType.Text, $"\tfor <{AddressSyntax.ToExternal(transaction.FirstRecipient)}>; {date}");
        }
        else
        {
            RecordWriter.Write(output, RecordType.Text, by + ";");
            RecordWriter.Write(output, RecordType.Text, $"\t{date}");
        }
    }
}
