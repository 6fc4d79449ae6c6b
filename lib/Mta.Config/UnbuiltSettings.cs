using Mta.Config.Parameters;

namespace Mta.Config;

/// <summary>
/// Settings whose features are not built: where they would restrict, filter or encrypt, mail must not pass as if they
/// were not there. The daemons ask at their start, and <c>postfix check</c> beforehand. Who builds a feature takes its
/// parameters out of here.
/// </summary>
public static class UnbuiltSettings
{
    /// <summary>Whether there is anything to refuse for a program.</summary>
    public static bool Concern(string program) => program is "smtpd" or "smtp" or "lmtp";

    /// <param name="program">A daemon's program name; those that build everything they read are passed over.</param>
    /// <exception cref="ConfigurationException">One of the program's settings is on; the message names it.</exception>
    public static void Refuse(string program, Configuration configuration)
    {
        // Raw public keys (RFC 7250) need a newer OpenSSL than this one is written for.
        switch (program)
        {
            case "smtpd":
                configuration.RefuseUnbuilt(SmtpdParameters.SmtpdTlsEnableRpk);
                break;
            case "smtp":
                configuration.RefuseUnbuilt(SmtpParameters.SmtpTlsEnableRpk);
                break;
            case "lmtp":
                configuration.RefuseUnbuilt(LmtpParameters.LmtpTlsEnableRpk);
                break;
        }
    }
}
