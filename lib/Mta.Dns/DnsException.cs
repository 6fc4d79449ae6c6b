namespace Mta.Dns;

/// <summary>The resolver cannot be set up.</summary>
public sealed class DnsException(string message) : Exception(message);
