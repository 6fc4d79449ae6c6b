namespace Mta.Tables;

/// <summary>
/// Puts TLS around a connection to a table's server and judges the server's certificate.
/// </summary>
/// <param name="plain">The connection; stays the caller's.</param>
/// <param name="timeout">Longest time of the handshake.</param>
/// <param name="stop">The lookup is not wanted any more.</param>
/// <exception cref="IOException">No TLS, or not with the server that is wanted.</exception>
/// <exception cref="TimeoutException">Not in time.</exception>
public delegate ValueTask<Stream> StreamSecurer(Stream plain, TimeSpan timeout, CancellationToken stop);

/// <summary>How a table talks TLS with its server: the values of its settings.</summary>
/// <param name="ServerName">The name that the server's certificate must have.</param>
/// <param name="CaFile">Trusted authorities; empty, with <paramref name="CaDirectory"/> empty too, trusts the system's.</param>
/// <param name="CaDirectory">The same, a file each, by hash.</param>
/// <param name="CertificateFile">Own certificate and key; empty is none.</param>
/// <param name="KeyFile">The key where it is in a file of its own.</param>
public sealed record TableTls(string ServerName, string CaFile, string CaDirectory, string CertificateFile, string KeyFile);
