using Mta.Config.Parameters;

namespace Mta.Config.Tests;

public sealed class ConfigurationTests
{
    [Theory]
    [InlineData("smtpd_helo_required = maybe", "bad boolean configuration: smtpd_helo_required = maybe")]
    public void A_bad_bool_is_fatal(string line, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => Configuration.FromText(line).Get(SmtpdParameters.SmtpdHeloRequired)).Message);

    [Theory]
    [InlineData("line_length_limit = 12x", "bad numerical configuration: line_length_limit = 12x")]
    [InlineData("line_length_limit = ", "bad numerical configuration: line_length_limit = ")]
    [InlineData("line_length_limit = 99999999999", "bad numerical configuration: line_length_limit = 99999999999")]
    [InlineData("line_length_limit = 100", "invalid line_length_limit parameter value 100 < 512")]
    public void A_bad_number_is_fatal(string line, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => Configuration.FromText(line).Get(GlobalParameters.LineLengthLimit)).Message);

    [Theory]
    [InlineData("ipc_timeout = 5x", "parameter ipc_timeout: bad time value or unit: 5x")]
    [InlineData("ipc_timeout = -5", "parameter ipc_timeout: bad time value or unit: -5")]
    [InlineData("ipc_timeout = 0", "invalid ipc_timeout: 0 (min 1)")]
    public void A_bad_time_is_fatal(string line, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => Configuration.FromText(line).Get(GlobalParameters.IpcTimeout)).Message);

    [Theory]
    [InlineData("2", 2)]
    [InlineData("2m", 120)]
    [InlineData("1h", 3600)]
    [InlineData("1d", 86400)]
    [InlineData("1w", 604800)]
    [InlineData("3s seconds", 3)]
    public void Times_have_units(string text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Configuration.FromText($"ipc_timeout = {text}").Get(GlobalParameters.IpcTimeout));

    [Fact]
    public void A_number_without_unit_is_in_the_parameters_own() =>
        Assert.Equal(TimeSpan.FromDays(3), Configuration.FromText("maximal_queue_lifetime = 3").Get(QmgrParameters.MaximalQueueLifetime));

    [Fact]
    public void An_empty_value_is_fatal_where_there_must_be_one() =>
        Assert.Equal("bad string length 0 < 1: mail_name = ", Assert.Throws<ConfigurationException>(() => Configuration.FromText("mail_name =").Get(GlobalParameters.MailName)).Message);

    [Fact]
    public void Values_are_expanded_and_raw_ones_are_not()
    {
        Configuration configuration = Configuration.FromText("myhostname = a.b.c\nforward_path = $home/.f\nmine = $myhostname!\nmyorigin = $mine");
        Assert.Equal("a.b.c!", configuration.Get(GlobalParameters.Myorigin));
        Assert.Equal("b.c", configuration.Get(GlobalParameters.Mydomain));
        Assert.Equal("$home/.f", configuration.Get(LocalParameters.ForwardPath));
        Assert.Equal("a.b.c, localhost.b.c, localhost", configuration.Get(GlobalParameters.Mydestination));
    }

    [Fact]
    public void Malformed_expansion_is_fatal_and_carries_the_warning()
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Configuration.FromText("myorigin = ${a").Get(GlobalParameters.Myorigin));
        Assert.Equal("dictionary mail_dict: macro processing error", error.Message);
        Assert.Equal("truncated macro reference: \"${a\"", error.Warning);
    }

    [Fact]
    public void An_override_counts_from_then_on()
    {
        Configuration configuration = Configuration.FromText("soft_bounce = no");
        Assert.False(configuration.Get(GlobalParameters.SoftBounce));
        configuration.Override("soft_bounce", "yes");
        Assert.True(configuration.Get(GlobalParameters.SoftBounce));
    }

    [Fact]
    public void Read_only_names_keep_their_value() =>
        Assert.Equal("smtpd", Configuration.FromText("process_name = liar", processName: "smtpd").Get(GlobalParameters.ProcessName));

    [Fact]
    public void Service_derived_values_default_to_the_general_ones()
    {
        Configuration configuration = Configuration.FromText("default_destination_concurrency_limit = 7\nfast_destination_concurrency_limit = 3\npipe_time_limit = 5");
        Assert.Equal(7, configuration.Get(QmgrParameters.DefaultDestinationConcurrencyLimit, "smtp"));
        Assert.Equal(3, configuration.Get(QmgrParameters.DefaultDestinationConcurrencyLimit, "fast"));
        Assert.Equal(2, configuration.Get(QmgrParameters.DefaultDestinationConcurrencyLimit, "local"));
        Assert.Equal(1, configuration.Get(QmgrParameters.DefaultDestinationRecipientLimit, "local"));
        Assert.Equal(50, configuration.Get(QmgrParameters.DefaultDestinationRecipientLimit, "smtp"));
        Assert.Equal(20000, configuration.Get(QmgrParameters.DefaultRecipientLimit, "smtp"));
        Assert.Equal(TimeSpan.FromSeconds(5), configuration.Get(GlobalParameters.CommandTimeLimit, "pipe"));
    }

    [Fact]
    public void A_setting_that_is_not_built_is_refused_unless_it_says_the_default()
    {
        Configuration.FromText("smtpd_use_tls = no").RefuseUnbuilt(SmtpdParameters.SmtpdUseTls, SmtpdParameters.SmtpdTlsCertFile);
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Configuration.FromText("smtpd_use_tls = yes").RefuseUnbuilt(SmtpdParameters.SmtpdUseTls));
        Assert.Contains("smtpd_use_tls", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_default_can_be_read()
    {
        Configuration configuration = Configuration.FromText("myhostname = mta.example.test");
        foreach (Parameter parameter in ParameterRegistry.All.Where(p => !p.IsLegacy))
        {
            if (parameter.DefaultFor(configuration).Length > 0)
            {
                parameter.Read(configuration);
            }
        }
    }

    [Theory]
    [InlineData("0", "$mydestination")]
    [InlineData("3.6", "")]
    public void Defaults_follow_the_compatibility_level(string level, string relayDomains)
    {
        Configuration configuration = Configuration.FromText($"myhostname = a.b\ncompatibility_level = {level}");
        Assert.Equal(relayDomains.Length == 0 ? "" : configuration.Expand(relayDomains), configuration.Get(GlobalParameters.RelayDomains));
    }
}
