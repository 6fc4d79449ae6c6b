namespace Mta.Qmgr.Scheduling;

/// <summary>The scheduling parameters of one transport (main.cf <c>NAME_suffix</c>, else the default parameter).</summary>
internal sealed record TransportSettings
{
    /// <summary>Most simultaneous deliveries to one destination; 0 is unlimited.</summary>
    public int DestinationConcurrencyLimit { get; init; } = 20;

    public int InitialDestinationConcurrency { get; init; } = 5;

    /// <summary>Most recipients in one request; 0 is unlimited, 1 makes a destination of every recipient.</summary>
    public int DestinationRecipientLimit { get; init; } = 50;

    public ConcurrencyFeedback PositiveFeedback { get; init; } = ConcurrencyFeedback.One;

    public ConcurrencyFeedback NegativeFeedback { get; init; } = ConcurrencyFeedback.One;

    /// <summary>Pseudo-cohorts of failures after which a destination is dead; 0 is never.</summary>
    public int FailedCohortLimit { get; init; } = 1;

    public TimeSpan DestinationRateDelay { get; init; }

    public TimeSpan TransportRateDelay { get; init; }

    /// <summary>Deliveries that buy one slot for a pre-empting job; 0 or 1: no pre-emption.</summary>
    public int SlotCost { get; init; } = 5;

    /// <summary>Slots granted before they are earned.</summary>
    public int SlotLoan { get; init; } = 3;

    /// <summary>Percentage off the price.</summary>
    public int SlotDiscount { get; init; } = 50;

    /// <summary>Jobs smaller than this many slots are never pre-empted.</summary>
    public int MinimumSlots { get; init; } = 3;

    /// <summary>Recipients in memory for this transport.</summary>
    public int RecipientLimit { get; init; } = 20_000;

    /// <summary>Further recipients for pre-empting jobs.</summary>
    public int ExtraRecipientLimit { get; init; } = 1000;

    public int RefillLimit { get; init; } = 100;

    public TimeSpan RefillDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The limit in force: with a rate delay, one at a time.</summary>
    public int EffectiveConcurrencyLimit => DestinationRateDelay > TimeSpan.Zero ? 1 : DestinationConcurrencyLimit;

    public int InitialWindow => EffectiveConcurrencyLimit > 0
        ? Math.Min(InitialDestinationConcurrency, EffectiveConcurrencyLimit)
        : InitialDestinationConcurrency;
}
