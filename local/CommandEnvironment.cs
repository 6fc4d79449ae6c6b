using Mta.Delivery;
using Mta.Mail.Protocols;

namespace Mta.Local;

/// <summary>The environment of a command: what is exported, and what there is to know about the message.</summary>
internal static class CommandEnvironment
{
    /// <summary><c>NAME=value</c> for each variable. Values hold only what <c>command_expansion_filter</c> allows.</summary>
    public static List<string> Build(LocalSettings settings, Expansion expansion, Addressee addressee)
    {
        List<string> environment = ExportedEnvironment.Build(settings.ExportEnvironment);
        DeliveryRequest request = expansion.Delivery.Request;
        Add("HOME", addressee.Rights?.Account?.Home);
        Add("LOGNAME", addressee.User);
        Add("USER", addressee.User);
        Add("SENDER", addressee.Sender, evenEmpty: true);
        Add("RECIPIENT", addressee.Recipient.Address, evenEmpty: true);
        Add("LOCAL", addressee.Local, evenEmpty: true);
        Add("SHELL", addressee.Rights?.Account?.Shell);
        Add("DOMAIN", addressee.Domain);
        Add("EXTENSION", addressee.Extension);
        Add("ORIGINAL_RECIPIENT", addressee.Recipient.OriginalRecipient);
        Add("ENVID", addressee.EnvelopeId);
        Add("CLIENT_HOSTNAME", request.ClientName);
        Add("CLIENT_ADDRESS", request.ClientAddress);
        Add("CLIENT_HELO", request.ClientHelo);
        Add("CLIENT_PROTOCOL", request.ClientProtocol);
        Add("SASL_METHOD", request.SaslMethod);
        Add("SASL_SENDER", request.SaslSender);
        Add("SASL_USERNAME", request.SaslUsername);
        return environment;

        void Add(string name, string? value, bool evenEmpty = false)
        {
            if (value is not null && (evenEmpty || value.Length > 0))
            {
                environment.Add($"{name}={ValueExpansion.Filtered(value, settings.CommandFilter)}");
            }
        }
    }
}
