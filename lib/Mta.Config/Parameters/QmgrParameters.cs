namespace Mta.Config.Parameters;

/// <summary>Parameters of the queue manager.</summary>
public static class QmgrParameters
{
    /// <summary>How long a bounce may wait before it is given up.</summary>
    public static readonly TimeParameter BounceQueueLifetime = new("bounce_queue_lifetime", "5d", 'd', max: 8640000);

    /// <summary>How fast a big message earns delivery slots for smaller ones.</summary>
    public static readonly IntParameter DefaultDeliverySlotCost = new("default_delivery_slot_cost", 5);

    /// <summary>Per cent of the slots needed at which a smaller message may already go first.</summary>
    public static readonly IntParameter DefaultDeliverySlotDiscount = new("default_delivery_slot_discount", 50, max: 100);

    /// <summary>Slots that a smaller message may use before they are earned.</summary>
    public static readonly IntParameter DefaultDeliverySlotLoan = new("default_delivery_slot_loan", 3);

    /// <summary>Failed rounds of deliveries after which a destination counts as dead.</summary>
    public static readonly IntParameter DefaultDestinationConcurrencyFailedCohortLimit = new("default_destination_concurrency_failed_cohort_limit", 1);

    /// <summary>Most deliveries to one destination at the same time.</summary>
    public static readonly IntParameter DefaultDestinationConcurrencyLimit = new("default_destination_concurrency_limit", 20);

    /// <summary>How much a failed delivery lowers the concurrency for its destination.</summary>
    public static readonly StringParameter DefaultDestinationConcurrencyNegativeFeedback = new("default_destination_concurrency_negative_feedback", "1", min: 1);

    /// <summary>How much a successful delivery raises the concurrency for its destination.</summary>
    public static readonly StringParameter DefaultDestinationConcurrencyPositiveFeedback = new("default_destination_concurrency_positive_feedback", "1", min: 1);

    /// <summary>Pause between deliveries to one destination.</summary>
    public static readonly TimeParameter DefaultDestinationRateDelay = new("default_destination_rate_delay", "0s", takesFractions: true);

    /// <summary>Most recipients in one delivery.</summary>
    public static readonly IntParameter DefaultDestinationRecipientLimit = new("default_destination_recipient_limit", 50);

    /// <summary>Recipients of a message that may be read beyond the limit for one transport.</summary>
    public static readonly IntParameter DefaultExtraRecipientLimit = new("default_extra_recipient_limit", 1_000);

    /// <summary>Next hop of a content filter that names none.</summary>
    public static readonly StringParameter DefaultFilterNexthop = new("default_filter_nexthop", "");

    /// <summary>Slots that a message must be able to earn before others may go before it.</summary>
    public static readonly IntParameter DefaultMinimumDeliverySlots = new("default_minimum_delivery_slots", 3);

    /// <summary>Most recipients in memory for one transport.</summary>
    public static readonly IntParameter DefaultRecipientLimit = new("default_recipient_limit", 20_000);

    /// <summary>Longest wait before more recipients of a message are read.</summary>
    public static readonly TimeParameter DefaultRecipientRefillDelay = new("default_recipient_refill_delay", "5s", min: 1);

    /// <summary>Recipients done that make it worth reading more.</summary>
    public static readonly IntParameter DefaultRecipientRefillLimit = new("default_recipient_refill_limit", 100, min: 1);

    /// <summary>Pause between deliveries over one transport.</summary>
    public static readonly TimeParameter DefaultTransportRateDelay = new("default_transport_rate_delay", "0s", takesFractions: true);

    /// <summary>Transports whose mail waits until it is asked for.</summary>
    public static readonly StringParameter DeferTransports = new("defer_transports", "");

    /// <summary>Log how the concurrency for destinations changes.</summary>
    public static readonly BoolParameter DestinationConcurrencyFeedbackDebug = new("destination_concurrency_feedback_debug", false);

    /// <summary>Deliveries to a new destination at the same time.</summary>
    public static readonly IntParameter InitialDestinationConcurrency = new("initial_destination_concurrency", 5, min: 1);

    /// <summary>Longest pause between two delivery attempts.</summary>
    public static readonly TimeParameter MaximalBackoffTime = new("maximal_backoff_time", "4000s", min: 1);

    /// <summary>Age at which mail that cannot be delivered goes back.</summary>
    public static readonly TimeParameter MaximalQueueLifetime = new("maximal_queue_lifetime", "5d", 'd', max: 8640000);

    /// <summary>Shortest pause between two delivery attempts.</summary>
    public static readonly TimeParameter MinimalBackoffTime = new("minimal_backoff_time", "300s", min: 1);

    /// <summary>Pause between warnings that one destination fills the active queue.</summary>
    public static readonly TimeParameter QmgrClogWarnTime = new("qmgr_clog_warn_time", "300s");

    /// <summary>Longest time that the queue manager may spend on one request.</summary>
    public static readonly TimeParameter QmgrDaemonTimeout = new("qmgr_daemon_timeout", "1000s", min: 1);

    /// <summary>Per cent of delivery resources that go to waiting for one slow recipient of a list.</summary>
    public static readonly IntParameter QmgrFudgeFactor = new("qmgr_fudge_factor", 100, min: 10, max: 100);

    /// <summary>Longest wait of the queue manager on an internal connection.</summary>
    public static readonly TimeParameter QmgrIpcTimeout = new("qmgr_ipc_timeout", "60s", min: 1);

    /// <summary>Most messages in the active queue.</summary>
    public static readonly IntParameter QmgrMessageActiveLimit = new("qmgr_message_active_limit", 20_000, min: 1);

    /// <summary>Most recipients in memory.</summary>
    public static readonly IntParameter QmgrMessageRecipientLimit = new("qmgr_message_recipient_limit", 20_000, min: 1);

    /// <summary>Recipients of each message that are in memory in any case.</summary>
    public static readonly IntParameter QmgrMessageRecipientMinimum = new("qmgr_message_recipient_minimum", 10, min: 1);

    /// <summary>Pause between two scans of the deferred queue.</summary>
    public static readonly TimeParameter QueueRunDelay = new("queue_run_delay", "300s", min: 1);

    /// <summary>Pause before a failed transport is tried again.</summary>
    public static readonly TimeParameter TransportRetryTime = new("transport_retry_time", "60s", min: 1);

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        BounceQueueLifetime,
        DefaultDeliverySlotCost,
        DefaultDeliverySlotDiscount,
        DefaultDeliverySlotLoan,
        DefaultDestinationConcurrencyFailedCohortLimit,
        DefaultDestinationConcurrencyLimit,
        DefaultDestinationConcurrencyNegativeFeedback,
        DefaultDestinationConcurrencyPositiveFeedback,
        DefaultDestinationRateDelay,
        DefaultDestinationRecipientLimit,
        DefaultExtraRecipientLimit,
        DefaultFilterNexthop,
        DefaultMinimumDeliverySlots,
        DefaultRecipientLimit,
        DefaultRecipientRefillDelay,
        DefaultRecipientRefillLimit,
        DefaultTransportRateDelay,
        DeferTransports,
        DestinationConcurrencyFeedbackDebug,
        InitialDestinationConcurrency,
        MaximalBackoffTime,
        MaximalQueueLifetime,
        MinimalBackoffTime,
        QmgrClogWarnTime,
        QmgrDaemonTimeout,
        QmgrFudgeFactor,
        QmgrIpcTimeout,
        QmgrMessageActiveLimit,
        QmgrMessageRecipientLimit,
        QmgrMessageRecipientMinimum,
        QueueRunDelay,
        TransportRetryTime,
    ];
}
