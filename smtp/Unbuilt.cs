using Mta.Config;
using Mta.Config.Parameters;

namespace Mta.Smtp;

/// <summary>
/// Settings whose features this program does not have: where they would restrict, filter or encrypt, mail must not
/// leave as if they were not there.
/// </summary>
internal static class Unbuilt
{
    private static readonly string[] Names =
    [
        "tls_policy_maps", "tls_per_site", "tls_wrappermode", "enforce_tls", "sasl_auth_enable", "sasl_password_maps",
        "generic_maps", "header_checks", "mime_header_checks", "nested_header_checks", "body_checks",
        "dns_reply_filter", "tls_block_early_mail_reply",
    ];

    /// <exception cref="ConfigurationException">One of them is set; the message names it.</exception>
    public static void Refuse(Configuration configuration, bool isLmtp)
    {
        string prefix = isLmtp ? "lmtp" : "smtp";
        foreach (string name in Names)
        {
            configuration.RefuseUnbuilt($"{prefix}_{name}");
        }

        // Opportunistic TLS allows plain text; every stronger level forbids it.
        string level = configuration.Get(isLmtp ? LmtpParameters.LmtpTlsSecurityLevel : SmtpParameters.SmtpTlsSecurityLevel);
        if (level is not ("" or "none" or "may"))
        {
            throw new ConfigurationException($"parameter {prefix}_tls_security_level = {level}: this setting is not implemented");
        }

        if (!isLmtp)
        {
            configuration.RefuseUnbuilt(SmtpParameters.BestMxTransport, SmtpParameters.UseSrvLookup);
        }
    }
}
