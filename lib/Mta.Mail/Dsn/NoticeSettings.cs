using Mta.Config;
using Mta.Config.Parameters;

namespace Mta.Mail.Dsn;

/// <summary>What main.cf says about how notices look.</summary>
public sealed record NoticeSettings
{
    public required string MyHostname { get; init; }

    public required string MailName { get; init; }

    public bool SmtpUtf8Enabled { get; init; } = true;

    public TimeSpan MaximalQueueLifetime { get; init; } = TimeSpan.FromDays(5);

    public bool ThreadedBounces { get; init; }

    public int LineLengthLimit { get; init; } = 2048;

    public static NoticeSettings From(Configuration configuration) => new()
    {
        MyHostname = configuration.Get(GlobalParameters.Myhostname),
        MailName = configuration.Get(GlobalParameters.MailName),
        SmtpUtf8Enabled = configuration.Get(GlobalParameters.Smtputf8Enable),
        MaximalQueueLifetime = configuration.Get(QmgrParameters.MaximalQueueLifetime),
        ThreadedBounces = configuration.Get(BounceParameters.EnableThreadedBounces),
        LineLengthLimit = configuration.Get(GlobalParameters.LineLengthLimit),
    };

    /// <summary>The mail name where a header name or a type is made of it.</summary>
    public string HeaderMailName => string.Create(MailName.Length, MailName, static (span, name) =>
    {
        for (int i = 0; i < span.Length; i++)
        {
            span[i] = " ()<>@,;:\\\".[]".Contains(name[i]) || Text.Ascii.IsSpace(name[i]) ? '-' : name[i];
        }
    });
}
