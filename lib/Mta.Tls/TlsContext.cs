using System.Text;
using Mta.Tls.Native;

namespace Mta.Tls;

/// <summary>
/// Certificates, keys and rules that many connections share: an SSL_CTX. Made with the privileges of the start; connections
/// that use it outlive its disposal. Thread-safe.
/// </summary>
public abstract unsafe class TlsContext : IDisposable
{
    private const int Pem = 1;
    private readonly Lock _lock = new();
    private nint _handle;

    private protected TlsContext(nint method)
    {
        Crypto.ERR_clear_error();
        _handle = Ssl.SSL_CTX_new(method);
        if (_handle == 0)
        {
            throw new TlsException("cannot allocate SSL_CTX: disabling TLS support", TlsLibrary.Errors());
        }
    }

    ~TlsContext() => Free();

    private protected nint Handle => _handle;

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    internal nint NewSsl()
    {
        lock (_lock)
        {
            nint ssl = _handle == 0 ? throw new ObjectDisposedException(GetType().Name) : Ssl.SSL_new(_handle);
            return ssl != 0 ? ssl : throw new TlsException("cannot allocate SSL session", TlsLibrary.Errors());
        }
    }

    private protected void SetUp(TlsSettings settings)
    {
        const ulong always = Ssl.OptionNoCompression | Ssl.OptionNoRenegotiation | Ssl.OptionIgnoreUnexpectedEof;
        Ssl.SSL_CTX_set_options(_handle, always | settings.Options);
        Ssl.SSL_CTX_ctrl(_handle, Ssl.CtrlMode, Ssl.ModePartialWrite | Ssl.ModeMovingWriteBuffer | Ssl.ModeReleaseBuffers, 0);
        SetGroups(settings.Groups);
        Trust(settings);

        // The cipher grades of main.cf say what is good enough, not the library's own scale: opportunistic TLS with an old
        // or anonymous server is more than plain text.
        Ssl.SSL_CTX_set_security_level(_handle, 0);

        // The library counts the authorities between, main.cf counts the last one too.
        Ssl.SSL_CTX_set_verify_depth(_handle, settings.VerifyDepth + 1);
        UseCredentials(settings.Credentials);
    }

    private protected void SetProtocols(TlsProtocols protocols)
    {
        Ssl.SSL_CTX_ctrl(_handle, Ssl.CtrlMinVersion, protocols.Minimum, 0);
        Ssl.SSL_CTX_ctrl(_handle, Ssl.CtrlMaxVersion, protocols.Maximum, 0);
        Ssl.SSL_CTX_set_options(_handle, protocols.Excluded);
    }

    private protected static void Fail(string message) => throw new TlsException(message, TlsLibrary.Errors());

    private void Free()
    {
        lock (_lock)
        {
            nint handle = _handle;
            _handle = 0;
            if (handle != 0)
            {
                Ssl.SSL_CTX_free(handle);
            }
        }
    }

    // The library refuses a list with an unknown name, and which names it knows depends on its version.
    private void SetGroups(IReadOnlyList<string> groups)
    {
        StringBuilder known = new();
        foreach (string group in groups)
        {
            if (TrySetGroups(group))
            {
                known.Append(known.Length == 0 ? "" : ":").Append(group);
            }
        }

        if (groups.Count > 0 && (known.Length == 0 || !TrySetGroups(known.ToString())))
        {
            Fail("failed to set key exchange groups: disabling TLS support");
        }

        Crypto.ERR_clear_error();
    }

    private bool TrySetGroups(string list)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(list + '\0'))
        {
            return Ssl.SSL_CTX_ctrl(_handle, Ssl.CtrlGroupsList, 0, (nint)text) == 1;
        }
    }

    private void Trust(TlsSettings settings)
    {
        Crypto.ERR_clear_error();
        if (settings.CaFile.Length > 0 && Ssl.SSL_CTX_load_verify_file(_handle, settings.CaFile) != 1)
        {
            Fail($"cannot load Certification Authority data, CAfile=\"{settings.CaFile}\": disabling TLS support");
        }

        if (settings.CaPath.Length > 0 && Ssl.SSL_CTX_load_verify_dir(_handle, settings.CaPath) != 1)
        {
            Fail($"cannot load Certification Authority data, CApath=\"{settings.CaPath}\": disabling TLS support");
        }

        if (settings.TrustsSystem && Ssl.SSL_CTX_set_default_verify_paths(_handle) != 1)
        {
            Fail("cannot set certificate verification paths: disabling TLS support");
        }
    }

    private void UseCredentials(TlsCredentialFiles files)
    {
        if (files.Chains.Count > 0)
        {
            using PemKeys keys = PemKeys.FromFiles(files.Chains);
            if (!keys.UseIn(_handle))
            {
                Fail("error loading certificate chains: disabling TLS support");
            }

            return;
        }

        UsePair(files.Certificate, files.Key, "RSA");
        UsePair(files.DsaCertificate, files.DsaKey, "DSA");
        UsePair(files.EcCertificate, files.EcKey, "ECDSA");
    }

    private void UsePair(string certificate, string key, string kind)
    {
        if (certificate.Length == 0)
        {
            return;
        }

        key = key.Length == 0 ? certificate : key;
        Crypto.ERR_clear_error();
        if (Ssl.SSL_CTX_use_certificate_chain_file(_handle, certificate) <= 0)
        {
            Fail($"cannot get {kind} certificate from file \"{certificate}\": disabling TLS support");
        }

        if (Ssl.SSL_CTX_use_PrivateKey_file(_handle, key, Pem) <= 0)
        {
            Fail($"cannot get {kind} private key from file \"{key}\": disabling TLS support");
        }

        if (Ssl.SSL_CTX_check_private_key(_handle) != 1)
        {
            Fail($"{kind} private key in {key} does not match public key in {certificate}: disabling TLS support");
        }
    }
}

/// <summary>A server's <see cref="TlsContext"/>.</summary>
public sealed unsafe class TlsServerContext : TlsContext
{
    private readonly TlsServerSettings _settings;
    private readonly nint _ticketCipher;

    /// <exception cref="TlsException">A file is missing, or makes no sense to the library.</exception>
    public TlsServerContext(TlsServerSettings settings)
        : base(Ssl.TLS_server_method())
    {
        _settings = settings;
        try
        {
            SetUp(settings);
            SetProtocols(settings.Protocols);
            if (settings.PrefersOwnOrder)
            {
                Ssl.SSL_CTX_set_options(Handle, Ssl.OptionCipherServerPreference);
            }

            if (Ssl.SSL_CTX_set_cipher_list(Handle, settings.Ciphers) != 1)
            {
                Fail($"invalid cipher list: \"{settings.Ciphers}\": disabling TLS support");
            }

            SetExchange();
            Ssl.SSL_CTX_ctrl(Handle, Ssl.CtrlSetSessionCacheMode, settings.AlwaysIssuesSessionIds ? Ssl.SessionCacheServerEmpty : Ssl.SessionCacheOff, 0);
            Ssl.SSL_CTX_set_timeout(Handle, (nint)settings.SessionTimeout.TotalSeconds);
            SetSessionContext();
            Ssl.SSL_CTX_set_client_hello_cb(Handle, &TlsStream.ClientHello, 0);
            Ssl.SSL_CTX_callback_ctrl(Handle, Ssl.CtrlServerNameCallback, &TlsStream.ServerNameSeen);
            _ticketCipher = settings.TicketKeys is null || settings.TicketCipher.Length == 0 ? 0 : Crypto.EVP_get_cipherbyname(settings.TicketCipher);
            if (_ticketCipher == 0)
            {
                Ssl.SSL_CTX_set_options(Handle, Ssl.OptionNoTicket);
            }
            else
            {
                Ssl.SSL_CTX_set_tlsext_ticket_key_evp_cb(Handle, &TlsStream.TicketKey);
            }

            if (settings.AsksForCertificate)
            {
                AskForCertificates();
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal TicketKeys? TicketKeys => _settings.TicketKeys;

    internal nint TicketCipher => _ticketCipher;

    private void SetExchange()
    {
        if (_settings.DhParameters.Length == 0)
        {
            Ssl.SSL_CTX_ctrl(Handle, Ssl.CtrlDhAuto, 1, 0);
            return;
        }

        nint bio = Crypto.BIO_new_file(_settings.DhParameters, "r");
        nint parameters = bio == 0 ? 0 : Crypto.PEM_read_bio_Parameters(bio, null);
        if (bio != 0)
        {
            _ = Crypto.BIO_free(bio);
        }

        if (parameters == 0 || Ssl.SSL_CTX_set0_tmp_dh_pkey(Handle, parameters) != 1)
        {
            Crypto.EVP_PKEY_free(parameters);
            Fail($"cannot load DH parameters from file {_settings.DhParameters}: disabling TLS support");
        }
    }

    private void SetSessionContext()
    {
        byte[] digest = TlsLibrary.Digest("sha256", Encoding.UTF8.GetBytes(_settings.SessionContext));
        fixed (byte* id = digest)
        {
            Ssl.SSL_CTX_set_session_id_context(Handle, id, (uint)digest.Length);
        }
    }

    private void AskForCertificates()
    {
        Ssl.SSL_CTX_set_verify(
            Handle,
            Ssl.VerifyPeer | Ssl.VerifyClientOnce,
            _settings.TrustsServerCertificates ? &TlsStream.AcceptAnyPurpose : &TlsStream.AcceptAnyCertificate);
        if (_settings.CaFile.Length > 0)
        {
            nint names = Ssl.SSL_load_client_CA_file(_settings.CaFile);
            if (names != 0)
            {
                Ssl.SSL_CTX_set_client_CA_list(Handle, names);
            }
        }
    }
}

/// <summary>A client's <see cref="TlsContext"/>.</summary>
public sealed unsafe class TlsClientContext : TlsContext
{
    /// <exception cref="TlsException">A file is missing, or makes no sense to the library.</exception>
    public TlsClientContext(TlsClientSettings settings)
        : base(Ssl.TLS_client_method())
    {
        try
        {
            SetUp(settings);
            Ssl.SSL_CTX_ctrl(Handle, Ssl.CtrlSetSessionCacheMode, Ssl.SessionCacheClientExternal, 0);
            Ssl.SSL_CTX_sess_set_new_cb(Handle, &TlsStream.SessionCame);
            Ssl.SSL_CTX_dane_enable(Handle);
            CheckRevocation(settings);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    // Revocation lists lie among the authorities: in their file, or as HASH.rN in their folder.
    private void CheckRevocation(TlsClientSettings settings)
    {
        nint store = Ssl.SSL_CTX_get_cert_store(Handle);
        nint objects = Crypto.X509_STORE_get0_objects(store);
        bool hasList = settings.CaPath.Length > 0 && System.IO.Directory.Exists(settings.CaPath)
            && System.IO.Directory.EnumerateFiles(settings.CaPath, "????????.r?").Any();
        for (int i = 0; i < Crypto.OPENSSL_sk_num(objects) && !hasList; i++)
        {
            hasList = Crypto.X509_OBJECT_get_type(Crypto.OPENSSL_sk_value(objects, i)) == Crypto.ObjectIsRevocationList;
        }

        if (hasList)
        {
            Crypto.X509_STORE_set_flags(store, Crypto.CheckRevocation);
            Ssl.SSL_CTX_set_verify(Handle, Ssl.VerifyNone, &TlsStream.PassMissingRevocationList);
        }
    }
}
