using Mta.Config;
using Mta.Config.Parameters;
using Mta.Qmgr.Scheduling;

namespace Mta.Qmgr;

/// <summary>Makes the queue manager's settings from main.cf.</summary>
internal static class SettingsReader
{
    private static readonly char[] Separators = [' ', ',', '\t', '\r', '\n'];

    public static QmgrSettings Read(Configuration configuration)
    {
        int activeLimit = configuration.Get(QmgrParameters.QmgrMessageActiveLimit);
        int recipientLimit = configuration.Get(QmgrParameters.QmgrMessageRecipientLimit);
        if (recipientLimit < activeLimit)
        {
            LogLines.SmallerThan(QmgrParameters.QmgrMessageRecipientLimit.Name, QmgrParameters.QmgrMessageActiveLimit.Name);
            recipientLimit = activeLimit;
        }

        long lifetime = Seconds(configuration.Get(QmgrParameters.MaximalQueueLifetime));
        long bounceLifetime = Seconds(configuration.Get(QmgrParameters.BounceQueueLifetime));
        if (bounceLifetime > lifetime)
        {
            LogLines.LargerThan(QmgrParameters.BounceQueueLifetime.Name, QmgrParameters.MaximalQueueLifetime.Name);
            bounceLifetime = lifetime;
        }

        TimeSpan minimalBackoff = configuration.Get(QmgrParameters.MinimalBackoffTime);
        return new QmgrSettings
        {
            Limits = new SchedulerLimits
            {
                ActiveMessages = activeLimit,
                Recipients = recipientLimit,
                RecipientMinimum = configuration.Get(QmgrParameters.QmgrMessageRecipientMinimum),
                TransportRetry = configuration.Get(QmgrParameters.TransportRetryTime),
                DeadDestination = minimalBackoff,
            },
            QueueRunDelay = configuration.Get(QmgrParameters.QueueRunDelay),
            KeepsFiles = configuration.Get(GlobalParameters.DontRemove) != 0,
            MinimalBackoff = Seconds(minimalBackoff),
            MaximalBackoff = Seconds(configuration.Get(QmgrParameters.MaximalBackoffTime)),
            MaximalLifetime = lifetime,
            BounceLifetime = bounceLifetime,
            DaemonTimeout = configuration.Get(GlobalParameters.DaemonTimeout),
            IpcTimeout = configuration.Get(QmgrParameters.QmgrIpcTimeout),
            DeferTransports = configuration.Get(QmgrParameters.DeferTransports).Split(Separators, StringSplitOptions.RemoveEmptyEntries),
            DoubleBounceSender = configuration.Get(GlobalParameters.DoubleBounceSender),
            ErrorService = configuration.Get(GlobalParameters.ErrorServiceName),
            DefaultFilterNextHop = configuration.Get(QmgrParameters.DefaultFilterNexthop),
            MyHostname = configuration.Get(GlobalParameters.Myhostname),
            VerpDelimiterFilter = configuration.Get(GlobalParameters.VerpDelimiterFilter),
            DefaultVerpDelimiters = configuration.Get(GlobalParameters.DefaultVerpDelimiters),
            DisableVerpBounces = configuration.Get(BounceParameters.DisableVerpBounces),
            ConfirmDelayCleared = configuration.Get(BounceParameters.ConfirmDelayCleared),
            AllowUtf8InLog = configuration.Get(GlobalParameters.Smtputf8Enable),
            InFlowDelay = configuration.Get(GlobalParameters.InFlowDelay),
            DefaultProcessLimit = configuration.Get(MasterParameters.DefaultProcessLimit),
            ClogWarnTime = Seconds(configuration.Get(QmgrParameters.QmgrClogWarnTime)),
            HelpfulWarnings = configuration.Get(GlobalParameters.HelpfulWarnings),
            PendingProbeLimit = configuration.Get(VerifyParameters.AddressVerifyPendingRequestLimit),
            ConcurrencyFeedbackDebug = configuration.Get(QmgrParameters.DestinationConcurrencyFeedbackDebug),
            Transport = name => ReadTransport(configuration, name),
        };
    }

    private static TransportSettings ReadTransport(Configuration configuration, string name) => new()
    {
        DestinationConcurrencyLimit = configuration.Get(QmgrParameters.DefaultDestinationConcurrencyLimit, name),
        InitialDestinationConcurrency = configuration.Get(QmgrParameters.InitialDestinationConcurrency, name),
        DestinationRecipientLimit = configuration.Get(QmgrParameters.DefaultDestinationRecipientLimit, name),
        PositiveFeedback = Feedback(configuration, QmgrParameters.DefaultDestinationConcurrencyPositiveFeedback, name),
        NegativeFeedback = Feedback(configuration, QmgrParameters.DefaultDestinationConcurrencyNegativeFeedback, name),
        FailedCohortLimit = configuration.Get(QmgrParameters.DefaultDestinationConcurrencyFailedCohortLimit, name),
        DestinationRateDelay = configuration.Get(QmgrParameters.DefaultDestinationRateDelay, name),
        TransportRateDelay = configuration.Get(QmgrParameters.DefaultTransportRateDelay, name),
        SlotCost = configuration.Get(QmgrParameters.DefaultDeliverySlotCost, name),
        SlotLoan = configuration.Get(QmgrParameters.DefaultDeliverySlotLoan, name),
        SlotDiscount = configuration.Get(QmgrParameters.DefaultDeliverySlotDiscount, name),
        MinimumSlots = configuration.Get(QmgrParameters.DefaultMinimumDeliverySlots, name),
        RecipientLimit = configuration.Get(QmgrParameters.DefaultRecipientLimit, name),
        ExtraRecipientLimit = configuration.Get(QmgrParameters.DefaultExtraRecipientLimit, name),
        RefillLimit = configuration.Get(QmgrParameters.DefaultRecipientRefillLimit, name),
        RefillDelay = configuration.Get(QmgrParameters.DefaultRecipientRefillDelay, name),
    };

    private static ConcurrencyFeedback Feedback(Configuration configuration, StringParameter parameter, string transport)
    {
        string text = configuration.Get(parameter, transport);
        string own = ServiceParameters.NameFor(parameter, transport);
        string name = configuration.IsSet(own) ? own : parameter.Name;
        if (!ConcurrencyFeedback.TryParse(text, out ConcurrencyFeedback feedback))
        {
            LogLines.BadFeedback(name, text);
        }

        if (configuration.Get(QmgrParameters.DestinationConcurrencyFeedbackDebug))
        {
            LogLines.FeedbackSetting(transport, name, feedback);
        }

        return feedback;
    }

    private static long Seconds(TimeSpan time) => (long)time.TotalSeconds;
}
