using System.Text;
using Mta.Tls.Native;

namespace Mta.Tls;

/// <summary>What was agreed and who the peer is, taken once after the handshake. All texts are printable.</summary>
public sealed unsafe class TlsSession
{
    private TlsSession()
    {
    }

    /// <summary>For example <c>TLSv1.3</c>.</summary>
    public string Protocol { get; private init; } = "";

    public string Cipher { get; private init; } = "";

    /// <summary>Bits of the key that count.</summary>
    public int CipherBits { get; private init; }

    /// <summary>Bits of the algorithm.</summary>
    public int AlgorithmBits { get; private init; }

    /// <summary>TLS 1.3: name of the key exchange; else empty.</summary>
    public string KeyExchange { get; private init; } = "";

    public string ServerSignature { get; private init; } = "";

    public string ServerDigest { get; private init; } = "";

    public string ClientSignature { get; private init; } = "";

    public string ClientDigest { get; private init; } = "";

    /// <summary>An earlier session was resumed.</summary>
    public bool IsResumed { get; private init; }

    /// <summary>The peer's certificate; null when it showed none.</summary>
    public TlsCertificate? Peer { get; private init; }

    /// <summary>Verification result (X509_V_ERR_...): 0 when authorities, or DANE records, vouch for the certificate.</summary>
    public int VerifyError { get; private init; }

    /// <summary>Certificates above the peer's own that it sent.</summary>
    public int ChainLength { get; private init; }

    /// <summary>The chain leads to a trusted authority, or matches a DANE record.</summary>
    public bool IsTrusted => Peer is not null && VerifyError == 0;

    /// <summary>The line's end: <c>TLSv1.3 with cipher C (256/256 bits) key-exchange X25519 server-signature ...</c>.</summary>
    public string Summary
    {
        get
        {
            StringBuilder text = new($"{Protocol} with cipher {Cipher} ({CipherBits}/{AlgorithmBits} bits)");
            if (KeyExchange.Length > 0)
            {
                text.Append(" key-exchange ").Append(KeyExchange);
            }

            AppendSignature(text, " server-signature ", ServerSignature, " server-digest ", ServerDigest);
            AppendSignature(text, " client-signature ", ClientSignature, " client-digest ", ClientDigest);
            return text.ToString();
        }
    }

    /// <summary>Lines of a Received: field's comment, without the tab before the first and the blank before the others.</summary>
    public IReadOnlyList<string> ReceivedLines
    {
        get
        {
            List<string> lines = [$"(using {Protocol} with cipher {Cipher} ({CipherBits}/{AlgorithmBits} bits)"];
            if (KeyExchange.Length > 0)
            {
                StringBuilder second = new($"key-exchange {KeyExchange}");
                AppendSignature(second, " server-signature ", ServerSignature, " server-digest ", ServerDigest);
                lines.Add(second.ToString());
                if (ClientSignature.Length > 0)
                {
                    StringBuilder third = new();
                    AppendSignature(third, "client-signature ", ClientSignature, " client-digest ", ClientDigest);
                    lines.Add(third.ToString());
                }
            }

            lines[^1] += ")";
            return lines;
        }
    }

    /// <summary>Reads a session after its handshake.</summary>
    /// <param name="digest">Algorithm of fingerprints.</param>
    /// <param name="isServer">This side is the server.</param>
    /// <param name="legacyKeys">Fingerprints of keys are those of Postfix 2.9.0 to 2.9.5 (<c>tls_legacy_public_key_fingerprints</c>).</param>
    public static TlsSession Of(TlsStream stream, string digest, bool isServer, bool legacyKeys = false)
    {
        nint ssl = stream.Handle;
        ObjectDisposedException.ThrowIf(ssl == 0, stream);
        nint cipher = Ssl.SSL_get_current_cipher(ssl);
        int algorithmBits;
        int bits = Ssl.SSL_CIPHER_get_bits(cipher, &algorithmBits);
        nint certificate = Ssl.SSL_get1_peer_certificate(ssl);
        try
        {
            bool isTls13 = Ssl.SSL_version(ssl) >= 0x0304;
            bool isResumed = Ssl.SSL_session_reused(ssl) == 1;
            nint own = Ssl.SSL_get_certificate(ssl);
            (string ownSignature, string ownDigest) = isTls13 && !isResumed && (isServer || certificate != 0) ? Signature(ssl, own, isPeer: false) : ("", "");
            (string peerSignature, string peerDigest) = !isTls13 || certificate == 0 ? ("", "")
                : !isResumed ? Signature(ssl, certificate, isPeer: true)
                : !isServer ? (KeyOf(certificate), "")
                : ("", "");
            nint chain = Ssl.SSL_get_peer_cert_chain(ssl);
            return new TlsSession
            {
                Protocol = TlsLibrary.Text(Ssl.SSL_get_version(ssl)),
                Cipher = TlsLibrary.Text(Ssl.SSL_CIPHER_get_name(cipher)),
                CipherBits = bits,
                AlgorithmBits = algorithmBits,
                KeyExchange = isTls13 ? Exchange(ssl, isServer) : "",
                ServerSignature = isServer ? ownSignature : peerSignature,
                ServerDigest = isServer ? ownDigest : peerDigest,
                ClientSignature = isServer ? peerSignature : ownSignature,
                ClientDigest = isServer ? peerDigest : ownDigest,
                IsResumed = isResumed,
                Peer = certificate == 0 ? null : TlsCertificate.Read(certificate, digest, legacyKeys),
                VerifyError = (int)Ssl.SSL_get_verify_result(ssl),
                ChainLength = chain == 0 ? 0 : Crypto.OPENSSL_sk_num(chain),
            };
        }
        finally
        {
            Crypto.X509_free(certificate);
            Crypto.ERR_clear_error();
        }
    }

    /// <summary>All certificates that the peer sent, its own first. Bounded.</summary>
    public static IReadOnlyList<TlsCertificate> ChainOf(TlsStream stream, string digest)
    {
        const int most = 50;
        List<TlsCertificate> certificates = [];
        nint chain = stream.Handle == 0 ? 0 : Ssl.SSL_get_peer_cert_chain(stream.Handle);
        for (int i = 0; chain != 0 && i < Math.Min(most, Crypto.OPENSSL_sk_num(chain)); i++)
        {
            certificates.Add(TlsCertificate.Read(Crypto.OPENSSL_sk_value(chain, i), digest));
        }

        return certificates;
    }

    private static void AppendSignature(StringBuilder text, string label, string signature, string digestLabel, string digest)
    {
        if (signature.Length > 0)
        {
            text.Append(label).Append(signature);
            if (digest.Length > 0)
            {
                text.Append(digestLabel).Append(digest);
            }
        }
    }

    // On a resumed session the library may not know the group any more; then nothing is said about it.
    private static string Exchange(nint ssl, bool isServer)
    {
        nint key = 0;
        if (Ssl.SSL_ctrl(ssl, isServer ? Ssl.CtrlTemporaryKey : Ssl.CtrlPeerTemporaryKey, 0, (nint)(&key)) != 1 || key == 0)
        {
            return "";
        }

        string text = Algorithm(key, "ECDHE", "DHE");
        Crypto.EVP_PKEY_free(key);
        return text;
    }

    // Nothing was signed when a session was resumed: the line tells of the key that has signed at its beginning.
    private static string KeyOf(nint certificate)
    {
        const int rsa = 6;
        const int ecPublicKey = 408;
        nint key = Crypto.X509_get0_pubkey(certificate);
        int id = Crypto.EVP_PKEY_get_id(key);
        return id switch
        {
            rsa => $"RSA-PSS ({Crypto.EVP_PKEY_get_bits(key)} bits)",
            ecPublicKey => $"ECDSA ({Group(key)})",
            _ => TlsLibrary.Text(Crypto.OBJ_nid2sn(id)),
        };
    }

    private static (string Name, string Digest) Signature(nint ssl, nint certificate, bool isPeer)
    {
        int type;
        int got = isPeer ? Ssl.SSL_get_peer_signature_type_nid(ssl, &type) : Ssl.SSL_get_signature_type_nid(ssl, &type);
        if (got != 1 || certificate == 0)
        {
            return ("", "");
        }

        const int rsaPss = 912;
        const int ecPublicKey = 408;
        const int rsa = 6;
        nint key = Crypto.X509_get0_pubkey(certificate);
        string name = type switch
        {
            rsaPss => "RSA-PSS",
            ecPublicKey => "ECDSA",
            rsa => "RSA",
            _ => TlsLibrary.Text(Crypto.OBJ_nid2sn(type)),
        };
        string size = type == ecPublicKey ? $" ({Group(key)})" : type is rsaPss or rsa ? $" ({Crypto.EVP_PKEY_get_bits(key)} bits)" : "";
        int digest = 0;
        bool hasDigest = Ssl.SSL_ctrl(ssl, isPeer ? Ssl.CtrlPeerSignatureNid : Ssl.CtrlSignatureNid, 0, (nint)(&digest)) == 1 && digest != 0;
        return (name + size, hasDigest ? TlsLibrary.Text(Crypto.OBJ_nid2sn(digest)) : "");
    }

    private static string Algorithm(nint key, string ecName, string dhName)
    {
        const int ec = 408;
        const int dh = 28;
        const int dhx = 920;
        int id = Crypto.EVP_PKEY_get_id(key);
        return id switch
        {
            ec => $"{ecName} ({Group(key)})",
            dh or dhx => $"{dhName} ({Crypto.EVP_PKEY_get_bits(key)} bits)",
            _ => TlsLibrary.Text(Crypto.OBJ_nid2sn(id)),
        };
    }

    private static string Group(nint key)
    {
        byte* name = stackalloc byte[64];
        nuint length;
        return Crypto.EVP_PKEY_get_group_name(key, name, 64, &length) == 1 ? TlsLibrary.Text(name) : "";
    }
}
