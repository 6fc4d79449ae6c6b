namespace Mta.Tls;

/// <summary>Words for certificates that are not trusted, as log lines have them.</summary>
public static class VerifyErrors
{
    /// <param name="role">Whose certificate: <c>server</c> or <c>client</c>.</param>
    /// <param name="peer">Name of the peer in the line.</param>
    /// <returns>Null for a certificate that is trusted, or when there is none.</returns>
    public static string? Text(TlsSession session, string role, string peer)
    {
        if (session.Peer is null || session.VerifyError == 0)
        {
            return null;
        }

        return session.VerifyError switch
        {
            18 or 19 => $"certificate verification failed for {peer}: self-signed certificate",
            2 or 20 or 21 or 27 => $"certificate verification failed for {peer}: untrusted issuer {session.Peer.IssuerLine}",
            22 => $"certificate verification failed for {peer}: certificate chain longer than limit",
            65 => $"certificate verification failed for {peer}: not trusted by local or TLSA policy",
            9 => $"{role} certificate verification failed for {peer}: certificate not yet valid",
            10 => $"{role} certificate verification failed for {peer}: certificate has expired",
            26 => $"certificate verification failed for {peer}: not designated for use as a {role} certificate",
            79 => $"certificate verification failed for {peer}: not designated for use as a CA certificate",
            int error => $"{role} certificate verification failed for {peer}: num={error}:{TlsLibrary.VerifyErrorText(error)}",
        };
    }
}
