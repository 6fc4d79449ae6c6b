using Mta.Service;
using Mta.Smtpd.Restrictions;
using Mta.Text;

namespace Mta.Smtpd.Policy;

/// <summary>What a policy server is told: every attribute, in Postfix's order, empty where there is nothing to tell.</summary>
internal sealed class PolicyRequest(Evaluation at)
{
    public Session Session => at.Session;

    public void Write(AttributeWriter writer, string context)
    {
        Session session = at.Session;
        MailTransaction? transaction = session.Transaction;
        bool isWhole = session.Stage is "DATA" or "BDAT" or "END-OF-MESSAGE";
        ClientIdentity client = session.Client;
        Identity.ClientCertificate? certificate = session.Encryption?.Certificate;
        writer.String("request"u8, "smtpd_access_policy")
            .String("protocol_state"u8, session.Stage == "BDAT" ? "DATA" : session.Stage)
            .String("protocol_name"u8, session.Protocol)
            .String("client_address"u8, client.Address)
            .String("client_name"u8, client.Name)
            .String("client_port"u8, client.Port == 0 ? "" : client.Port.ToString())
            .String("reverse_client_name"u8, client.ReverseName)
            .String("server_address"u8, session.ServerAddress)
            .String("server_port"u8, session.ServerPort == 0 ? "" : session.ServerPort.ToString())
            .String("helo_name"u8, session.HeloName ?? "")
            .String("sender"u8, Clean(at.Sender))
            .String("recipient"u8, Clean(at.Recipient ?? ""))
            .Int("recipient_count"u8, isWhole ? transaction?.RecipientCount ?? 0 : 0)
            .String("queue_id"u8, transaction?.Queue?.Id.Value ?? "")
            .String("instance"u8, session.Stage == "MAIL" ? "" : transaction?.Instance ?? "")
            .Long("size"u8, transaction is null ? 0 : transaction.ReceivedSize > 0 ? transaction.ReceivedSize : transaction.DeclaredSize)
            .String("etrn_domain"u8, at.EtrnDomain)
            .String("stress"u8, session.Connection.Context.IsStressed ? "yes" : "")
            .String("sasl_method"u8, session.Login?.Method ?? "")
            .String("sasl_username"u8, session.Login?.UserName ?? "")
            .String("sasl_sender"u8, transaction?.SaslSender ?? "")
            .String("ccert_subject"u8, Clean(certificate?.Subject ?? ""))
            .String("ccert_issuer"u8, Clean(certificate?.Issuer ?? ""))
            .String("ccert_fingerprint"u8, certificate?.CertificateFingerprint ?? "")
            .String("ccert_pubkey_fingerprint"u8, certificate?.KeyFingerprint ?? "")
            .String("encryption_protocol"u8, session.Encryption?.Protocol ?? "")
            .String("encryption_cipher"u8, session.Encryption?.Cipher ?? "")
            .Int("encryption_keysize"u8, session.Encryption?.KeySize ?? 0)
            .String("policy_context"u8, context)
            .End();
    }

    // A line end would begin an attribute of the client's own.
    private static string Clean(string text) => Printable.Neutralize(text, allowUtf8: true);
}
