using Mta.Linux;
using Mta.Tls.Native;

namespace Mta.Tls;

/// <summary>
/// Keys with their certificates, as chain files hold them: a private key, its certificate, the issuers; then perhaps the
/// next key. Owns what it parsed.
/// </summary>
internal sealed unsafe class PemKeys : IDisposable
{
    private readonly List<(nint Key, nint Certificate, nint Chain)> _sets = [];

    private PemKeys()
    {
    }

    /// <exception cref="TlsException">A file is missing or makes no sense.</exception>
    public static PemKeys FromFiles(IEnumerable<string> files)
    {
        PemKeys keys = new();
        try
        {
            foreach (string file in files)
            {
                Crypto.ERR_clear_error();
                nint bio = Crypto.BIO_new_file(file, "r");
                if (bio == 0)
                {
                    // The reason stands in the library's first line already; here in one, as administrators know it.
                    int errno = Posix.TryAccess(file, AccessMode.Read);
                    Crypto.ERR_clear_error();
                    throw new TlsException($"error opening chain file: {file}: {Errno.Text(errno)}", []);
                }

                keys.Read(bio, file);
            }

            keys.Complete("chain files");
            return keys;
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }

    /// <param name="pem">Text of one or more such files.</param>
    /// <param name="source">Where it came from, for messages.</param>
    /// <exception cref="TlsException">The text makes no sense.</exception>
    public static PemKeys FromText(ReadOnlySpan<byte> pem, string source)
    {
        PemKeys keys = new();
        try
        {
            fixed (byte* data = pem)
            {
                keys.Read(Crypto.BIO_new_mem_buf(data, pem.Length), source);
            }

            keys.Complete(source);
            return keys;
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }

    /// <summary>Certificates only, in their binary form, and public keys: trust anchors.</summary>
    /// <exception cref="TlsException">The file is missing or holds none.</exception>
    public static List<(bool IsKey, byte[] Der)> Anchors(string file)
    {
        Crypto.ERR_clear_error();
        nint bio = Crypto.BIO_new_file(file, "r");
        if (bio == 0)
        {
            int errno = Posix.TryAccess(file, AccessMode.Read);
            Crypto.ERR_clear_error();
            throw new TlsException($"error opening trust anchor file: {file}: {Errno.Text(errno)}", []);
        }

        List<(bool IsKey, byte[] Der)> found = [];
        try
        {
            ForEach(bio, file, (name, der) =>
            {
                if (name is "CERTIFICATE" or "PUBLIC KEY")
                {
                    found.Add((name == "PUBLIC KEY", der));
                }
            });
        }
        finally
        {
            _ = Crypto.BIO_free(bio);
        }

        return found.Count > 0 ? found : throw new TlsException($"error reading {file}: no trust anchors", []);
    }

    public bool UseIn(nint context)
    {
        foreach ((nint key, nint certificate, nint chain) in _sets)
        {
            if (Ssl.SSL_CTX_use_cert_and_key(context, certificate, key, chain, 1) != 1)
            {
                return false;
            }
        }

        return true;
    }

    public bool UseInSession(nint ssl)
    {
        Ssl.SSL_certs_clear(ssl);
        foreach ((nint key, nint certificate, nint chain) in _sets)
        {
            if (Ssl.SSL_use_cert_and_key(ssl, certificate, key, chain, 1) != 1)
            {
                return false;
            }
        }

        return true;
    }

    public void Dispose()
    {
        foreach ((nint key, nint certificate, nint chain) in _sets)
        {
            Crypto.EVP_PKEY_free(key);
            Crypto.X509_free(certificate);
            for (int i = 0; i < Crypto.OPENSSL_sk_num(chain); i++)
            {
                Crypto.X509_free(Crypto.OPENSSL_sk_value(chain, i));
            }

            Crypto.OPENSSL_sk_free(chain);
        }

        _sets.Clear();
    }

    private void Read(nint bio, string source)
    {
        try
        {
            ForEach(bio, source, (name, der) => Add(name, der, source));
        }
        finally
        {
            _ = Crypto.BIO_free(bio);
        }
    }

    private static void ForEach(nint bio, string source, Action<string, byte[]> each)
    {
        byte* name;
        byte* header;
        byte* data;
        nint length;
        while (Crypto.PEM_read_bio(bio, &name, &header, &data, &length) == 1)
        {
            try
            {
                each(TlsLibrary.Text(name), new ReadOnlySpan<byte>(data, (int)length).ToArray());
            }
            finally
            {
                Crypto.CRYPTO_free(name, null, 0);
                Crypto.CRYPTO_free(header, null, 0);
                Crypto.CRYPTO_free(data, null, 0);
            }
        }

        // The end of the text is an error of its own kind to the library.
        ulong error = Crypto.ERR_peek_last_error();
        if (error != 0 && (error & Crypto.ReasonMask) != Crypto.PemNoStartLine)
        {
            throw new TlsException($"error reading {source}", TlsLibrary.Errors());
        }

        Crypto.ERR_clear_error();
    }

    private void Add(string name, byte[] der, string source)
    {
        fixed (byte* start = der)
        {
            byte* data = start;
            if (name is "PRIVATE KEY" or "RSA PRIVATE KEY" or "EC PRIVATE KEY" or "DSA PRIVATE KEY")
            {
                nint key = Crypto.d2i_AutoPrivateKey(null, &data, der.Length);
                if (key == 0)
                {
                    throw new TlsException($"error reading private key from {source}", TlsLibrary.Errors());
                }

                if (_sets.Count > 0)
                {
                    Complete(source);
                }

                _sets.Add((key, 0, Crypto.OPENSSL_sk_new_null()));
            }
            else if (name is "CERTIFICATE" or "X509 CERTIFICATE")
            {
                nint certificate = Crypto.d2i_X509(null, &data, der.Length);
                if (certificate == 0)
                {
                    throw new TlsException($"error reading certificate from {source}", TlsLibrary.Errors());
                }

                if (_sets.Count == 0)
                {
                    Crypto.X509_free(certificate);
                    throw new TlsException($"error loading chain from {source}: key not first", []);
                }

                (nint key, nint first, nint chain) = _sets[^1];
                if (first == 0)
                {
                    _sets[^1] = (key, certificate, chain);
                }
                else
                {
                    _ = Crypto.OPENSSL_sk_push(chain, certificate);
                }
            }
        }
    }

    private void Complete(string source)
    {
        if (_sets.Count == 0)
        {
            throw new TlsException($"error loading chain from {source}: no private key", []);
        }

        if (_sets[^1].Certificate == 0)
        {
            throw new TlsException($"error loading chain from {source}: key without certificate", []);
        }
    }
}
