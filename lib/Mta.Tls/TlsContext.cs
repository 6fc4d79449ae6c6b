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
