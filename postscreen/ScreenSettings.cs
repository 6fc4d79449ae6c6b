using Mta.Config;
using Mta.Config.Parameters;

namespace Mta.Postscreen;

/// <summary>What follows when a client fails a test.</summary>
internal enum TestAction
{
    Ignore,
    Enforce,
    Drop,
}

/// <summary>Values of the parameters, for one degree of stress.</summary>
internal sealed class ScreenSettings(Configuration configuration)
{
    public string HostName { get; } = configuration.Get(GlobalParameters.Myhostname);

    public string Banner { get; } = configuration.Get(SmtpdParameters.SmtpdBanner);

    public string GreetBanner { get; } = configuration.Get(PostscreenParameters.PostscreenGreetBanner);

    public TimeSpan GreetWait { get; } = configuration.Get(PostscreenParameters.PostscreenGreetWait);

    public TimeSpan CommandTimeLimit { get; } = configuration.Get(PostscreenParameters.PostscreenCommandTimeLimit);

    /// <summary>Longest TLS handshake.</summary>
    public TimeSpan StartTlsTimeout { get; } = configuration.Get(PostscreenParameters.PostscreenStarttlsTimeout);

    public int CommandCountLimit { get; } = configuration.Get(PostscreenParameters.PostscreenCommandCountLimit);

    public int LineLengthLimit { get; } = configuration.Get(GlobalParameters.LineLengthLimit);

    public long MessageSizeLimit { get; } = configuration.Get(GlobalParameters.MessageSizeLimit);

    public bool DisableVrfy { get; } = configuration.Get(PostscreenParameters.PostscreenDisableVrfyCommand);

    public bool HeloRequired { get; } = configuration.Get(PostscreenParameters.PostscreenHeloRequired);

    public bool SmtpUtf8Enable { get; } = configuration.Get(GlobalParameters.Smtputf8Enable);

    public int ConnectionCountLimit { get; } = configuration.Get(PostscreenParameters.PostscreenClientConnectionCountLimit);

    public int PreQueueLimit { get; } = configuration.Get(PostscreenParameters.PostscreenPreQueueLimit);

    public int PostQueueLimit { get; } = configuration.Get(PostscreenParameters.PostscreenPostQueueLimit);

    public int DnsblThreshold { get; } = configuration.Get(PostscreenParameters.PostscreenDnsblThreshold);

    public int DnsblAllowlistThreshold { get; } = configuration.Get(PostscreenParameters.PostscreenDnsblAllowlistThreshold);

    public TimeSpan DnsblMinLife { get; } = configuration.Get(PostscreenParameters.PostscreenDnsblMinTtl);

    public TimeSpan DnsblMaxLife { get; } = configuration.Get(PostscreenParameters.PostscreenDnsblMaxTtl);

    public TestAction DenylistAction { get; } = Action(configuration, PostscreenParameters.PostscreenDenylistAction);

    /// <summary>What happens to who fails, by test.</summary>
    public TestAction ActionOf(ScreenTest test) => _actions[(int)test];

    /// <summary>How long a passed test counts; the lists' answers have lives of their own.</summary>
    public TimeSpan LifeOf(ScreenTest test) => _lives[(int)test];

    public bool IsEnabled(ScreenTest test) => _enabled[(int)test];

    private readonly TestAction[] _actions =
    [
        Action(configuration, PostscreenParameters.PostscreenGreetAction),
        Action(configuration, PostscreenParameters.PostscreenDnsblAction),
        Action(configuration, PostscreenParameters.PostscreenPipeliningAction),
        Action(configuration, PostscreenParameters.PostscreenNonSmtpCommandAction),
        Action(configuration, PostscreenParameters.PostscreenBareNewlineAction),
    ];

    private readonly TimeSpan[] _lives =
    [
        configuration.Get(PostscreenParameters.PostscreenGreetTtl),
        configuration.Get(PostscreenParameters.PostscreenDnsblMinTtl),
        configuration.Get(PostscreenParameters.PostscreenPipeliningTtl),
        configuration.Get(PostscreenParameters.PostscreenNonSmtpCommandTtl),
        configuration.Get(PostscreenParameters.PostscreenBareNewlineTtl),
    ];

    private readonly bool[] _enabled =
    [
        configuration.Get(PostscreenParameters.PostscreenGreetBanner).Length > 0,
        configuration.Get(PostscreenParameters.PostscreenDnsblSites).Length > 0,
        configuration.Get(PostscreenParameters.PostscreenPipeliningEnable),
        configuration.Get(PostscreenParameters.PostscreenNonSmtpCommandEnable),
        configuration.Get(PostscreenParameters.PostscreenBareNewlineEnable),
    ];

    /// <summary>The shortest life of all tests: for failures that are only noted.</summary>
    public TimeSpan ShortestLife => _lives.Min();

    private static TestAction Action(Configuration configuration, EnumParameter parameter) => configuration.Get(parameter) switch
    {
        "drop" => TestAction.Drop,
        "enforce" => TestAction.Enforce,
        _ => TestAction.Ignore,
    };
}
