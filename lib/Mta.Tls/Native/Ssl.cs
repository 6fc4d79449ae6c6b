using System.Runtime.InteropServices;

namespace Mta.Tls.Native;

/// <summary>libssl's calls (OpenSSL 3), by their own names. Handles are plain pointers: one class owns each kind.</summary>
internal static unsafe partial class Ssl
{
    public const int ErrorSsl = 1;
    public const int ErrorWantRead = 2;
    public const int ErrorSyscall = 5;
    public const int ErrorZeroReturn = 6;
    public const int ErrorWantClientHello = 11;

    public const int VerifyNone = 0;
    public const int VerifyPeer = 1;
    public const int VerifyClientOnce = 4;

    public const ulong OptionIgnoreUnexpectedEof = 1UL << 7;
    public const ulong OptionNoTicket = 1UL << 14;
    public const ulong OptionNoCompression = 1UL << 17;
    public const ulong OptionCipherServerPreference = 1UL << 22;
    public const ulong OptionNoSslV3 = 1UL << 25;
    public const ulong OptionNoTls1 = 1UL << 26;
    public const ulong OptionNoTls12 = 1UL << 27;
    public const ulong OptionNoTls11 = 1UL << 28;
    public const ulong OptionNoTls13 = 1UL << 29;
    public const ulong OptionNoRenegotiation = 1UL << 30;

    public const int CtrlMode = 33;
    public const int CtrlSetSessionCacheMode = 44;
    public const int CtrlServerNameCallback = 53;
    public const int CtrlHostName = 55;
    public const int CtrlGroupsList = 92;
    public const int CtrlPeerSignatureNid = 108;
    public const int CtrlPeerTemporaryKey = 109;
    public const int CtrlDhAuto = 118;
    public const int CtrlMinVersion = 123;
    public const int CtrlMaxVersion = 124;
    public const int CtrlSignatureNid = 132;
    public const int CtrlTemporaryKey = 133;

    public const int ModePartialWrite = 1;
    public const int ModeMovingWriteBuffer = 2;
    public const int ModeReleaseBuffers = 16;

    public const int SessionCacheOff = 0;

    // A server's cache that never holds anything: SSL_SESS_CACHE_SERVER, _NO_INTERNAL, _NO_AUTO_CLEAR.
    public const int SessionCacheServerEmpty = 0x2 | 0x300 | 0x80;
    public const int SessionCacheClientExternal = 0x0001 | 0x0100 | 0x0200;

    private const string Library = "libssl.so.3";

    [LibraryImport(Library)]
    public static partial int OPENSSL_init_ssl(ulong options, nint settings);

    [LibraryImport(Library)]
    public static partial nint TLS_server_method();

    [LibraryImport(Library)]
    public static partial nint TLS_client_method();

    [LibraryImport(Library)]
    public static partial nint SSL_CTX_new(nint method);

    [LibraryImport(Library)]
    public static partial void SSL_CTX_free(nint context);

    [LibraryImport(Library)]
    public static partial ulong SSL_CTX_set_options(nint context, ulong options);

    [LibraryImport(Library)]
    public static partial nint SSL_CTX_ctrl(nint context, int command, nint number, nint pointer);

    [LibraryImport(Library)]
    public static partial nint SSL_CTX_callback_ctrl(nint context, int command, delegate* unmanaged<nint, int*, nint, int> callback);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_CTX_set_cipher_list(nint context, string list);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_CTX_use_certificate_chain_file(nint context, string file);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_CTX_use_PrivateKey_file(nint context, string file, int type);

    [LibraryImport(Library)]
    public static partial int SSL_CTX_check_private_key(nint context);

    [LibraryImport(Library)]
    public static partial int SSL_CTX_use_cert_and_key(nint context, nint certificate, nint key, nint chain, int replace);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_CTX_load_verify_file(nint context, string file);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_CTX_load_verify_dir(nint context, string directory);

    [LibraryImport(Library)]
    public static partial int SSL_CTX_set_default_verify_paths(nint context);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint SSL_load_client_CA_file(string file);

    [LibraryImport(Library)]
    public static partial void SSL_CTX_set_client_CA_list(nint context, nint names);

    [LibraryImport(Library)]
    public static partial void SSL_CTX_set_verify(nint context, int mode, delegate* unmanaged<int, nint, int> callback);

    /// <summary>The store stays the context's own.</summary>
    [LibraryImport(Library)]
    public static partial nint SSL_CTX_get_cert_store(nint context);

    [LibraryImport(Library)]
    public static partial void SSL_CTX_set_verify_depth(nint context, int depth);

    [LibraryImport(Library)]
    public static partial void SSL_CTX_set_security_level(nint context, int level);

    [LibraryImport(Library)]
    public static partial int SSL_CTX_set_session_id_context(nint context, byte* id, uint length);

    [LibraryImport(Library)]
    public static partial int SSL_CTX_set0_tmp_dh_pkey(nint context, nint key);

    [LibraryImport(Library)]
    public static partial int SSL_CTX_set_tlsext_ticket_key_evp_cb(nint context, delegate* unmanaged<nint, byte*, byte*, nint, nint, int, int> callback);

    [LibraryImport(Library)]
    public static partial void SSL_CTX_set_client_hello_cb(nint context, delegate* unmanaged<nint, int*, nint, int> callback, nint argument);

    [LibraryImport(Library)]
    public static partial void SSL_CTX_sess_set_new_cb(nint context, delegate* unmanaged<nint, nint, int> callback);

    [LibraryImport(Library)]
    public static partial nint SSL_CTX_set_timeout(nint context, nint seconds);

    [LibraryImport(Library)]
    public static partial int SSL_CTX_dane_enable(nint context);

    [LibraryImport(Library)]
    public static partial nint SSL_new(nint context);

    [LibraryImport(Library)]
    public static partial void SSL_free(nint ssl);

    [LibraryImport(Library)]
    public static partial void SSL_set_bio(nint ssl, nint read, nint write);

    [LibraryImport(Library)]
    public static partial void SSL_set_accept_state(nint ssl);

    [LibraryImport(Library)]
    public static partial void SSL_set_connect_state(nint ssl);

    [LibraryImport(Library)]
    public static partial int SSL_do_handshake(nint ssl);

    [LibraryImport(Library)]
    public static partial int SSL_read(nint ssl, byte* buffer, int count);

    [LibraryImport(Library)]
    public static partial int SSL_write(nint ssl, byte* buffer, int count);

    [LibraryImport(Library)]
    public static partial int SSL_shutdown(nint ssl);

    [LibraryImport(Library)]
    public static partial int SSL_get_error(nint ssl, int result);

    [LibraryImport(Library)]
    public static partial int SSL_set_ex_data(nint ssl, int index, nint data);

    [LibraryImport(Library)]
    public static partial nint SSL_get_ex_data(nint ssl, int index);

    [LibraryImport(Library)]
    public static partial ulong SSL_set_options(nint ssl, ulong options);

    [LibraryImport(Library)]
    public static partial nint SSL_ctrl(nint ssl, int command, nint number, nint pointer);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_set_cipher_list(nint ssl, string list);

    [LibraryImport(Library)]
    public static partial byte* SSL_get_version(nint ssl);

    [LibraryImport(Library)]
    public static partial int SSL_version(nint ssl);

    [LibraryImport(Library)]
    public static partial nint SSL_get_current_cipher(nint ssl);

    [LibraryImport(Library)]
    public static partial byte* SSL_CIPHER_get_name(nint cipher);

    [LibraryImport(Library)]
    public static partial int SSL_CIPHER_get_bits(nint cipher, int* algorithmBits);

    [LibraryImport(Library)]
    public static partial int SSL_session_reused(nint ssl);

    [LibraryImport(Library)]
    public static partial nint SSL_get1_peer_certificate(nint ssl);

    [LibraryImport(Library)]
    public static partial nint SSL_get_peer_cert_chain(nint ssl);

    [LibraryImport(Library)]
    public static partial nint SSL_get_certificate(nint ssl);

    [LibraryImport(Library)]
    public static partial nint SSL_get_verify_result(nint ssl);

    [LibraryImport(Library)]
    public static partial int SSL_get_signature_type_nid(nint ssl, int* nid);

    [LibraryImport(Library)]
    public static partial int SSL_get_peer_signature_type_nid(nint ssl, int* nid);

    [LibraryImport(Library)]
    public static partial int SSL_client_hello_get0_ext(nint ssl, uint type, byte** data, nuint* length);

    [LibraryImport(Library)]
    public static partial void SSL_certs_clear(nint ssl);

    [LibraryImport(Library)]
    public static partial int SSL_use_cert_and_key(nint ssl, nint certificate, nint key, nint chain, int replace);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_dane_enable(nint ssl, string? baseDomain);

    [LibraryImport(Library)]
    public static partial int SSL_dane_tlsa_add(nint ssl, byte usage, byte selector, byte matching, byte* data, nuint length);

    [LibraryImport(Library)]
    public static partial ulong SSL_dane_set_flags(nint ssl, ulong flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_add1_host(nint ssl, string name);

    [LibraryImport(Library)]
    public static partial void SSL_set_hostflags(nint ssl, uint flags);

    [LibraryImport(Library)]
    public static partial int SSL_set_session(nint ssl, nint session);

    [LibraryImport(Library)]
    public static partial void SSL_SESSION_free(nint session);

    [LibraryImport(Library)]
    public static partial int i2d_SSL_SESSION(nint session, byte** output);

    [LibraryImport(Library)]
    public static partial nint d2i_SSL_SESSION(nint* session, byte** input, nint length);

    [LibraryImport(Library)]
    public static partial int SSL_SESSION_is_resumable(nint session);
}
