namespace Mta.Smtpd;

/// <summary>Limits on what one client address may do, counted by the anvil service for all processes together.</summary>
internal sealed class ClientLimits
{
    /// <summary>A client came. The reply that sends it away, or null.</summary>
    public ValueTask<string?> ConnectAsync(Session session, CancellationToken stop) => new((string?)null);

    public ValueTask DisconnectAsync(Session session) => default;

    public ValueTask<bool> ExceedsMessageRateAsync(Session session, CancellationToken stop) => new(false);

    public ValueTask<bool> ExceedsRecipientRateAsync(Session session, CancellationToken stop) => new(false);
}
