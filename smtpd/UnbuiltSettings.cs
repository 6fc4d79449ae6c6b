using Mta.Config;
using Mta.Config.Parameters;

namespace Mta.Smtpd;

/// <summary>Settings that restrict, filter or encrypt and that this daemon does not serve: none of them is passed over in silence.</summary>
internal static class UnbuiltSettings
{
    /// <exception cref="ConfigurationException">One of them is on.</exception>
    public static void Refuse(Configuration configuration)
    {
        Config.UnbuiltSettings.Refuse("smtpd", configuration);
        string level = configuration.Get(SmtpdParameters.SmtpdTlsSecurityLevel);

        // Opportunistic encryption restricts nobody: mail comes in as it would from a client without TLS.
        if (level == "may" || (level.Length == 0 && configuration.Get(SmtpdParameters.SmtpdUseTls)))
        {
            LogLines.Warning("smtpd_tls_security_level = may: TLS is not implemented, STARTTLS is not offered");
        }
    }
}
