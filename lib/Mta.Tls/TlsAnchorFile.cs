namespace Mta.Tls;

/// <summary>Reads a file of trust anchors.</summary>
public static class TlsAnchorFile
{
    /// <returns>Certificates, and public keys, in binary form.</returns>
    /// <exception cref="TlsException">The file is missing or holds none.</exception>
    public static IReadOnlyList<(bool IsKey, byte[] Der)> Read(string file) => PemKeys.Anchors(file);
}
