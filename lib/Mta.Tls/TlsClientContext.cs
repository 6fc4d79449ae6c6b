using Mta.Tls.Native;

namespace Mta.Tls;

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
