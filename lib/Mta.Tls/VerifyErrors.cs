namespace Mta.Tls;

/// <summary>Words for certificates that are not trusted, as log lines have them.</summary>
public static class VerifyErrors
{
    /// <param name="role">Whose certificate: <c>server</c> or <c>client</c>.</param>
    /// <param name="peer">Name of the peer in the line.</param>
    /// <param name="verifyDepth">Most authorities in a chain.</param>
    /// <returns>Null for a certificate that is trusted, or when there is none.</returns>
    public static string? Text(TlsSession session, string role, string peer, int verifyDepth = 9) => Text(session, session.VerifyError, role, peer, verifyDepth);

    /// <param name="code">The library's number; 0 is no problem.</param>
    /// <param name="role">Whose certificate: <c>server</c> or <c>client</c>.</param>
    /// <param name="peer">Name of the peer in the line.</param>
    /// <param name="verifyDepth">Most authorities in a chain.</param>
    /// <returns>Null for a certificate that is trusted, or when there is none.</returns>
    public static string? Text(TlsSession session, int code, string role, string peer, int verifyDepth)
    {
        if (session.Peer is null || code == 0)
        {
            return null;
        }

        return code switch
        {
            18 or 19 => $"certificate verification failed for {peer}: self-signed certificate",
            2 or 20 or 21 or 27 => $"certificate verification failed for {peer}: untrusted issuer {session.Peer.IssuerLine}",
            22 => $"certificate verification failed for {peer}: certificate chain longer than limit({verifyDepth + 1})",
            9 => $"{role} certificate verification failed for {peer}: certificate not yet valid",
            10 => $"{role} certificate verification failed for {peer}: certificate has expired",
            26 => $"certificate verification failed for {peer}: not designated for use as a {role} certificate",
            79 => $"certificate verification failed for {peer}: not designated for use as a CA certificate",
            int error => $"{role} certificate verification failed for {peer}: num={error}:{TlsLibrary.VerifyErrorText(error)}",
        };
    }
}
