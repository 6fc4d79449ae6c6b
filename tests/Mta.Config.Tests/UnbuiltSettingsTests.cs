namespace Mta.Config.Tests;

public class UnbuiltSettingsTests
{
    [Theory]
    [InlineData("smtpd", "smtpd_tls_enable_rpk = yes")]
    [InlineData("smtp", "smtp_tls_enable_rpk = yes")]
    [InlineData("lmtp", "lmtp_tls_enable_rpk = yes")]
    public void What_would_restrict_filter_or_encrypt_and_is_not_built_is_refused_by_name(string program, string line)
    {
        Configuration configuration = Configuration.FromText(line + "\n");
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => UnbuiltSettings.Refuse(program, configuration));
        Assert.Contains(line, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("smtpd")]
    [InlineData("smtp")]
    [InlineData("lmtp")]
    [InlineData("cleanup")]
    [InlineData("qmgr")]
    public void Defaults_are_accepted(string program)
    {
        UnbuiltSettings.Refuse(program, Configuration.FromText("smtp_tls_security_level = may\n"));
    }
}
