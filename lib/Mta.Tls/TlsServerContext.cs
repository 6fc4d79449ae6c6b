using System.Text;
using Mta.Tls.Native;

namespace Mta.Tls;

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
