using Mta.Mail.Protocols;

namespace Mta.Smtp;

/// <summary>How a transaction went for the recipients that have no outcome of their own.</summary>
/// <param name="Failure">Null when every recipient has an outcome.</param>
/// <param name="IsSiteFailure">The failure concerns the destination as a whole: it counts against it.</param>
internal readonly record struct TransactionResult(Dsn? Failure, bool IsSiteFailure)
{
    public static TransactionResult Done => default;

    public static TransactionResult Message(Dsn failure) => new(failure, false);

    public static TransactionResult Site(Dsn failure) => new(failure, true);
}
