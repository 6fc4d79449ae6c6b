namespace Mta.Sasl;

/// <summary>Where an exchange stands after a step.</summary>
public enum SaslOutcome
{
    /// <summary>The other side must answer; the text is base64.</summary>
    Challenge,

    /// <summary>The client is who it says; the text is the user's name.</summary>
    Done,

    /// <summary>It is not, or the exchange is malformed; the text is the reason.</summary>
    Failed,

    /// <summary>Nobody can tell at the moment; the text is the reason.</summary>
    Temporary,
}

/// <summary>One step. <paramref name="User"/> is the name that was tried, as far as it is known.</summary>
public readonly record struct SaslStep(SaslOutcome Outcome, string Text, string User = "")
{
    public static SaslStep Challenge(string base64) => new(SaslOutcome.Challenge, base64);

    public static SaslStep Done(string user) => new(SaslOutcome.Done, user, user);

    public static SaslStep Failed(string reason, string user = "") => new(SaslOutcome.Failed, reason, user);

    public static SaslStep Temporary(string reason, string user = "") => new(SaslOutcome.Temporary, reason, user);
}

/// <summary>What a server side knows about the connection.</summary>
/// <param name="Service">Name of the service, for the back end's policies.</param>
/// <param name="CertificateUser">Name from a client certificate that was verified; null without one.</param>
public sealed record SaslConnection(string Service, string ServerAddress, string ClientAddress, bool IsEncrypted, string? CertificateUser);

/// <summary>One authentication of one client. Used by one session; dispose of it when it has ended.</summary>
public interface ISaslExchange : IDisposable
{
    /// <param name="initial">The initial response in base64, <c>=</c> for an empty one; null without any.</param>
    ValueTask<SaslStep> StartAsync(string mechanism, string? initial, CancellationToken stop);

    /// <param name="response">In base64.</param>
    ValueTask<SaslStep> ContinueAsync(string response, CancellationToken stop);
}

/// <summary>A place where names and passwords are checked. Thread-safe.</summary>
public interface ISaslBackend
{
    /// <summary>What it can do; null when it cannot be reached (and the log says why).</summary>
    ValueTask<IReadOnlyList<SaslMechanism>?> MechanismsAsync(CancellationToken stop);

    ISaslExchange Begin(SaslConnection connection);
}
