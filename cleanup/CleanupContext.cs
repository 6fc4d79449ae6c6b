using Mta.Mail;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Tables;

namespace Mta.Cleanup;

/// <summary>What all sessions of the process share. Everything here may be used by any thread.</summary>
internal sealed class CleanupContext
{
    public CleanupContext(CleanupSettings settings, VerifyClient verify)
    {
        Settings = settings;
        Queue = new QueueDirectory(settings.Queue);
        Addresses = new AddressMaps(this);
        Trace = new TraceStage(this);
        Verify = new VerifyStage(verify);
    }

    public CleanupSettings Settings { get; }

    public QueueDirectory Queue { get; }

    public SpareFiles Spares { get; } = new();

    public AddressMaps Addresses { get; }

    public TraceStage Trace { get; }

    public VerifyStage Verify { get; }

    public required RewriteClient Rewrite { get; init; }

    public required BounceClient Bounce { get; init; }

    public required AddressLookup Canonical { get; init; }

    public required AddressLookup SenderCanonical { get; init; }

    public required AddressLookup RecipientCanonical { get; init; }

    public required AddressLookup Virtual { get; init; }

    public required AddressLookup SenderBcc { get; init; }

    public required AddressLookup RecipientBcc { get; init; }

    public required TableList HeaderChecks { get; init; }

    public required TableList MimeHeaderChecks { get; init; }

    public required TableList NestedHeaderChecks { get; init; }

    public required TableList BodyChecks { get; init; }

    public required CleanupMilters Milters { get; init; }

    public required TableList MilterHeaderChecks { get; init; }

    public required Masquerade Masquerade { get; init; }

    /// <summary>Wakes the queue manager; never fails, never waits.</summary>
    public required Action TriggerQueueManager { get; init; }

    /// <summary>Takes a token of the instance's flow control, or waits.</summary>
    public required Func<CancellationToken, ValueTask> TakeFlowToken { get; init; }

    /// <summary>Gives a token back: for mail that the queue manager will not see.</summary>
    public required Action ReturnFlowToken { get; init; }

    /// <summary>Whether any table may change a header address.</summary>
    public bool HasHeaderMaps => !Canonical.Tables.IsEmpty || !SenderCanonical.Tables.IsEmpty || !RecipientCanonical.Tables.IsEmpty || Masquerade.IsActive;
}
