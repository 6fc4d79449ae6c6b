namespace Mta.Smtpd.Identity;

/// <summary>The TLS session in force, as restrictions, policy servers and trace fields see it.</summary>
/// <param name="Protocol">For example <c>TLSv1.3</c>.</param>
/// <param name="KeySize">Used bits of the cipher.</param>
internal sealed record Encryption(string Protocol, string Cipher, int KeySize, ClientCertificate? Certificate);

/// <summary>The certificate that a client showed.</summary>
/// <param name="Subject">Its common name, or empty.</param>
/// <param name="Issuer">Common name of who issued it, or empty.</param>
/// <param name="CertificateFingerprint">Hex pairs with colons, of the digest that <c>smtpd_tls_fingerprint_digest</c> names.</param>
/// <param name="KeyFingerprint">The same, of the public key.</param>
/// <param name="IsTrusted">Its chain ends at an authority of ours.</param>
internal sealed record ClientCertificate(string Subject, string Issuer, string CertificateFingerprint, string KeyFingerprint, bool IsTrusted);
