namespace Mta.Tls;

/// <summary>TLS cannot be set up. The message is a log line; <see cref="Details"/> are the library's own words about it.</summary>
public sealed class TlsException(string message, IReadOnlyList<string> details) : Exception(message)
{
    /// <summary>One log line each, without <c>TLS library problem:</c>.</summary>
    public IReadOnlyList<string> Details { get; } = details;
}
