using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail.Protocols;

namespace Mta.Bounce;

/// <summary>What main.cf says about who gets which notice.</summary>
internal sealed record BounceSettings
{
    /// <summary>The whole address from which copies to the postmaster come, and which is never told of failure.</summary>
    public required string DoubleBounceSender { get; init; }

    public required IReadOnlyList<string> NotifyClasses { get; init; }

    public string BounceNoticeRecipient { get; init; } = "postmaster";

    public string DoubleBounceNoticeRecipient { get; init; } = "postmaster";

    public string DelayNoticeRecipient { get; init; } = "postmaster";

    /// <summary>Most bytes of a message that are returned whole; 0 is no limit.</summary>
    public long SizeLimit { get; init; } = 50_000;

    public bool OldLogReaders { get; init; } = true;

    public bool AllowUtf8 { get; init; } = true;

    public bool DisableVerpBounces { get; init; }

    public string VerpDelimiterFilter { get; init; } = "-=+";

    public int LockAttempts { get; init; } = 20;

    public TimeSpan LockDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Of a message with REQUIRETLS only the header goes back, and the notice itself may travel by any way (RFC 8689 §5).</summary>
    public bool RedactsRequireTls { get; init; }

    /// <summary>The notice of a message with REQUIRETLS, which has all of it, asks for the same.</summary>
    public bool KeepsRequireTls { get; init; }

    /// <summary>What cleanup does with notices.</summary>
    public CleanupFlags CleanupFlags { get; init; } = CleanupFlags.Map;

    public static BounceSettings From(Configuration configuration)
    {
        bool requireTls = configuration.Get(SmtpdParameters.RequiretlsEnable);
        return new BounceSettings
        {
            DoubleBounceSender = $"{configuration.Get(GlobalParameters.DoubleBounceSender)}@{configuration.Get(GlobalParameters.Myhostname)}",
            NotifyClasses = WordSet.NotifyClasses(configuration),
            BounceNoticeRecipient = configuration.Get(BounceParameters.BounceNoticeRecipient),
            DoubleBounceNoticeRecipient = configuration.Get(BounceParameters.TwoBounceNoticeRecipient),
            DelayNoticeRecipient = configuration.Get(BounceParameters.DelayNoticeRecipient),
            SizeLimit = configuration.Get(BounceParameters.BounceSizeLimit),
            RedactsRequireTls = requireTls && configuration.Get(BounceParameters.RequiretlsRedactDsn),
            KeepsRequireTls = requireTls && !configuration.Get(BounceParameters.RequiretlsRedactDsn),
            OldLogReaders = configuration.Get(BounceParameters.BackwardsBounceLogfileCompatibility),
            AllowUtf8 = configuration.Get(GlobalParameters.Smtputf8Enable),
            DisableVerpBounces = configuration.Get(BounceParameters.DisableVerpBounces),
            VerpDelimiterFilter = configuration.Get(GlobalParameters.VerpDelimiterFilter),
            LockAttempts = configuration.Get(GlobalParameters.DeliverLockAttempts),
            LockDelay = configuration.Get(GlobalParameters.DeliverLockDelay),
            CleanupFlags = CleanupFlags.Map
                | (WordSet.InternalMailFilterClasses(configuration).Contains("bounce") ? CleanupFlags.Filter | CleanupFlags.Milter : CleanupFlags.None),
        };
    }

    public bool Notifies(string noticeClass) => NotifyClasses.Contains(noticeClass);
}
