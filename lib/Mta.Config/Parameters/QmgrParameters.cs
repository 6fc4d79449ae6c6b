namespace Mta.Config.Parameters;

/// <summary>Parameters of the queue manager.</summary>
public static class QmgrParameters
{
    /// <summary>Setting <c>bounce_queue_lifetime</c>.</summary>
    public static readonly TimeParameter BounceQueueLifetime = new("bounce_queue_lifetime", "5d", 'd', max: 8640000);

    /// <summary>Setting <c>default_delivery_slot_cost</c>.</summary>
    public static readonly IntParameter DefaultDeliverySlotCost = new("default_delivery_slot_cost", 5);

    /// <summary>Setting <c>default_delivery_slot_discount</c>.</summary>
    public static readonly IntParameter DefaultDeliverySlotDiscount = new("default_delivery_slot_discount", 50, max: 100);

    /// <summary>Setting <c>default_delivery_slot_loan</c>.</summary>
    public static readonly IntParameter DefaultDeliverySlotLoan = new("default_delivery_slot_loan", 3);

    /// <summary>Setting <c>default_destination_concurrency_failed_cohort_limit</c>.</summary>
    public static readonly IntParameter DefaultDestinationConcurrencyFailedCohortLimit = new("default_destination_concurrency_failed_cohort_limit", 1);

    /// <summary>Setting <c>default_destination_concurrency_limit</c>.</summary>
    public static readonly IntParameter DefaultDestinationConcurrencyLimit = new("default_destination_concurrency_limit", 20);

    /// <summary>Setting <c>default_destination_concurrency_negative_feedback</c>.</summary>
    public static readonly StringParameter DefaultDestinationConcurrencyNegativeFeedback = new("default_destination_concurrency_negative_feedback", "1", min: 1);

    /// <summary>Setting <c>default_destination_concurrency_positive_feedback</c>.</summary>
    public static readonly StringParameter DefaultDestinationConcurrencyPositiveFeedback = new("default_destination_concurrency_positive_feedback", "1", min: 1);

    /// <summary>Setting <c>default_destination_rate_delay</c>.</summary>
    public static readonly TimeParameter DefaultDestinationRateDelay = new("default_destination_rate_delay", "0s");

    /// <summary>Setting <c>default_destination_recipient_limit</c>.</summary>
    public static readonly IntParameter DefaultDestinationRecipientLimit = new("default_destination_recipient_limit", 50);

    /// <summary>Setting <c>default_extra_recipient_limit</c>.</summary>
    public static readonly IntParameter DefaultExtraRecipientLimit = new("default_extra_recipient_limit", 1_000);

    /// <summary>Setting <c>default_filter_nexthop</c>.</summary>
    public static readonly StringParameter DefaultFilterNexthop = new("default_filter_nexthop", "");

    /// <summary>Setting <c>default_minimum_delivery_slots</c>.</summary>
    public static readonly IntParameter DefaultMinimumDeliverySlots = new("default_minimum_delivery_slots", 3);

    /// <summary>Setting <c>default_recipient_limit</c>.</summary>
    public static readonly IntParameter DefaultRecipientLimit = new("default_recipient_limit", 20_000);

    /// <summary>Setting <c>default_recipient_refill_delay</c>.</summary>
    public static readonly TimeParameter DefaultRecipientRefillDelay = new("default_recipient_refill_delay", "5s", min: 1);

    /// <summary>Setting <c>default_recipient_refill_limit</c>.</summary>
    public static readonly IntParameter DefaultRecipientRefillLimit = new("default_recipient_refill_limit", 100, min: 1);

    /// <summary>Setting <c>default_transport_rate_delay</c>.</summary>
    public static readonly TimeParameter DefaultTransportRateDelay = new("default_transport_rate_delay", "0s");

    /// <summary>Setting <c>defer_transports</c>.</summary>
    public static readonly StringParameter DeferTransports = new("defer_transports", "");

    /// <summary>Setting <c>destination_concurrency_feedback_debug</c>.</summary>
    public static readonly BoolParameter DestinationConcurrencyFeedbackDebug = new("destination_concurrency_feedback_debug", false);

    /// <summary>Setting <c>initial_destination_concurrency</c>.</summary>
    public static readonly IntParameter InitialDestinationConcurrency = new("initial_destination_concurrency", 5, min: 1);

    /// <summary>Setting <c>maximal_backoff_time</c>.</summary>
    public static readonly TimeParameter MaximalBackoffTime = new("maximal_backoff_time", "4000s", min: 1);

    /// <summary>Setting <c>maximal_queue_lifetime</c>.</summary>
    public static readonly TimeParameter MaximalQueueLifetime = new("maximal_queue_lifetime", "5d", 'd', max: 8640000);

    /// <summary>Setting <c>minimal_backoff_time</c>.</summary>
    public static readonly TimeParameter MinimalBackoffTime = new("minimal_backoff_time", "300s", min: 1);

    /// <summary>Setting <c>qmgr_clog_warn_time</c>.</summary>
    public static readonly TimeParameter QmgrClogWarnTime = new("qmgr_clog_warn_time", "300s");

    /// <summary>Setting <c>qmgr_daemon_timeout</c>.</summary>
    public static readonly TimeParameter QmgrDaemonTimeout = new("qmgr_daemon_timeout", "1000s", min: 1);

    /// <summary>Setting <c>qmgr_fudge_factor</c>.</summary>
    public static readonly IntParameter QmgrFudgeFactor = new("qmgr_fudge_factor", 100, min: 10, max: 100);

    /// <summary>Setting <c>qmgr_ipc_timeout</c>.</summary>
    public static readonly TimeParameter QmgrIpcTimeout = new("qmgr_ipc_timeout", "60s", min: 1);

    /// <summary>Setting <c>qmgr_message_active_limit</c>.</summary>
    public static readonly IntParameter QmgrMessageActiveLimit = new("qmgr_message_active_limit", 20_000, min: 1);

    /// <summary>Setting <c>qmgr_message_recipient_limit</c>.</summary>
    public static readonly IntParameter QmgrMessageRecipientLimit = new("qmgr_message_recipient_limit", 20_000, min: 1);

    /// <summary>Setting <c>qmgr_message_recipient_minimum</c>.</summary>
    public static readonly IntParameter QmgrMessageRecipientMinimum = new("qmgr_message_recipient_minimum", 10, min: 1);

    /// <summary>Setting <c>queue_run_delay</c>.</summary>
    public static readonly TimeParameter QueueRunDelay = new("queue_run_delay", "300s", min: 1);

    /// <summary>Setting <c>transport_retry_time</c>.</summary>
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
