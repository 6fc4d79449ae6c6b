namespace Mta.Dns;

/// <summary>Answers questions to the DNS. Thread-safe.</summary>
public interface IDnsResolver
{
    /// <summary>Asks one question. Aliases are followed.</summary>
    /// <returns>Always an answer; failures are in its status.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    ValueTask<DnsAnswer> LookupAsync(string name, DnsRecordType type, CancellationToken stop);
}
