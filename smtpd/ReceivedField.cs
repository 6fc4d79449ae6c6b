using Mta.Mail.Addresses;
using Mta.Mail.Headers;
using Mta.Mail.Queue;
using Mta.Service;
using Mta.Text;

namespace Mta.Smtpd;

/// <summary>The trace field that this hop adds (RFC 5321 §4.4), as Postfix words it.</summary>
internal static class ReceivedField
{
    public static void Write(Session session, MailTransaction transaction, BufferedOutput output)
    {
        SmtpdSettings settings = session.Settings;
        ClientIdentity client = session.Client;
        string id = transaction.Proxy is null ? " id " + session.QueueId : "";
        string date = HeaderDate.Format(transaction.Arrival.UtcDateTime);
        string by;
        if (settings.HideClientSession)
        {
            by = $"Received: by {settings.HostName} ({settings.MailName}){id}";
        }
        else
        {
            RecordWriter.Write(output, RecordType.Text, $"Received: from {session.HeloName ?? client.Name} ({client.Name} [{client.TaggedAddress}])");
            WriteTls(session, output);
            string protocol = !transaction.IsSmtpUtf8 ? session.Protocol : "UTF8SMTP";
            protocol += session.Tls is not null && protocol != "SMTP" ? "S" : "";
            if (session.Login is not null && protocol != "SMTP")
            {
                protocol += "A"; // RFC 3848: with authentication
            }

            if (settings.ShowsLogin && session.IsAuthenticated)
            {
                RecordWriter.Write(output, RecordType.Text, $"\t(Authenticated sender: {session.Login?.UserName})");
            }

            by = $"\tby {settings.HostName} ({settings.MailName}) with {protocol}{id}";
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

    private static void WriteTls(Session session, BufferedOutput output)
    {
        if (session.Tls is not { } tls || !session.Server.WritesTlsReceived)
        {
            return;
        }

        string indent = "\t";
        foreach (string line in tls.ReceivedLines)
        {
            RecordWriter.Write(output, RecordType.Text, indent + line);
            indent = "\t ";
        }

        RecordWriter.Write(
            output,
            RecordType.Text,
            tls.Peer is { } peer ? $"\t(Client CN \"{Comment(peer.SubjectCn)}\", Issuer \"{Comment(peer.IssuerCn)}\" ({(tls.IsTrusted ? "verified OK" : "not verified")}))"
            : session.Server.Tls.AsksForCertificate ? "\t(Client did not present a certificate)"
            : "\t(No client certificate requested)");
    }

    // A certificate's name may not end the comment it stands in, nor leave it open.
    private static string Comment(string name)
    {
        var text = new System.Text.StringBuilder(name.Length);
        int depth = 0;
        foreach (char c in name)
        {
            bool isUnbalanced = c == ')' && depth == 0;
            depth += c == '(' ? 1 : c == ')' && !isUnbalanced ? -1 : 0;
            text.Append(c is < ' ' or > '~' or '\\' || isUnbalanced ? '?' : c);
        }

        return text.Append(')', depth).ToString();
    }
}
