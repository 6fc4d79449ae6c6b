using Mta.Config;

namespace Mta.Smtpd;

/// <summary>Settings that restrict, filter or encrypt and that this daemon does not serve: none of them is passed over in silence.</summary>
internal static class UnbuiltSettings
{
    /// <exception cref="ConfigurationException">One of them is on.</exception>
    public static void Refuse(Configuration configuration) => Config.UnbuiltSettings.Refuse("smtpd", configuration);
}
