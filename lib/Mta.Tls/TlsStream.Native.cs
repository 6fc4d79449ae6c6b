using System.Buffers;
using System.Runtime.InteropServices;
using Mta.Text;
using Mta.Tls.Native;

namespace Mta.Tls;

/// <summary>The part that enters the library, and the part that the library enters.</summary>
public sealed unsafe partial class TlsStream
{
    // ---- callbacks of the library: they run inside its calls, under the lock ----

    [UnmanagedCallersOnly]
    internal static int AcceptAnyCertificate(int ok, nint store) => 1;

    // What is left of the check is the outcome that the session reports: the wrong purpose alone is forgiven.
    [UnmanagedCallersOnly]
    internal static int AcceptAnyPurpose(int ok, nint store)
    {
        const int invalidPurpose = 26;
        const int serverPurpose = 2;
        if (ok == 0 && Crypto.X509_STORE_CTX_get_error(store) == invalidPurpose)
        {
            bool isAuthority = Crypto.X509_STORE_CTX_get_error_depth(store) > 0;
            if (Crypto.X509_check_purpose(Crypto.X509_STORE_CTX_get_current_cert(store), serverPurpose, isAuthority ? 1 : 0) == 1)
            {
                Crypto.X509_STORE_CTX_set_error(store, 0);
            }
        }

        return 1;
    }

    // An authority without a revocation list says nothing about its certificates; one with a list is believed.
    [UnmanagedCallersOnly]
    internal static int PassMissingRevocationList(int ok, nint store)
    {
        if (ok == 0 && Crypto.X509_STORE_CTX_get_error(store) == Crypto.ErrorNoRevocationList)
        {
            Crypto.X509_STORE_CTX_set_error(store, 0);
            return 1;
        }

        return ok;
    }

    [UnmanagedCallersOnly]
    internal static int ServerNameSeen(nint ssl, int* alert, nint argument)
    {
        const int acknowledged = 0;
        const int ignored = 3;
        return Self(Ssl.SSL_get_ex_data(ssl, 0)) is { ServerName.Length: > 0, NameLookup: not null } ? acknowledged : ignored;
    }

    [UnmanagedCallersOnly]
    internal static int ClientHello(nint ssl, int* alert, nint argument)
    {
        const int proceed = 1;
        const int retry = -1;
        try
        {
            if (Self(Ssl.SSL_get_ex_data(ssl, 0)) is not TlsStream stream || stream._nameIsAnswered)
            {
                return proceed;
            }

            byte* data;
            nuint length;
            if (!stream._hasName)
            {
                stream._hasName = true;
                if (Ssl.SSL_client_hello_get0_ext(ssl, 0, &data, &length) == 1)
                {
                    stream.ServerName = ParseServerName(new ReadOnlySpan<byte>(data, (int)length));
                }
            }

            return stream.NameLookup is not null && stream.ServerName.Length > 0 ? retry : proceed;
        }
        catch (Exception)
        {
            // Nothing may pass into C.
            return proceed;
        }
    }

    [UnmanagedCallersOnly]
    internal static int SessionCame(nint ssl, nint session)
    {
        try
        {
            // The first ticket counts: a second one is for a second connection at the same time.
            if (Self(Ssl.SSL_get_ex_data(ssl, 0)) is { KeepsSession: true } stream && Ssl.SSL_SESSION_is_resumable(session) == 1 && stream.NewSessions++ == 0)
            {
                int size = Ssl.i2d_SSL_SESSION(session, null);
                if (size is > 0 and <= MaxSession)
                {
                    byte[] bytes = new byte[size];
                    fixed (byte* start = bytes)
                    {
                        byte* output = start;
                        _ = Ssl.i2d_SSL_SESSION(session, &output);
                    }

                    stream.NewSession = bytes;
                }
            }
        }
        catch (Exception)
        {
            // Nothing may pass into C; without a session the next handshake is a full one.
        }

        return 0;
    }

    [UnmanagedCallersOnly]
    internal static int TicketKey(nint ssl, byte* name, byte* vector, nint cipherContext, nint macContext, int encrypts)
    {
        const int fullHandshake = 0;
        const int good = 1;
        const int renew = 2;
        try
        {
            if (Self(Ssl.SSL_get_ex_data(ssl, 0))?._context is not TlsServerContext { TicketKeys: TicketKeys keys } context)
            {
                return fullHandshake;
            }

            if (encrypts != 0)
            {
                if (keys.Current is not TicketKey current)
                {
                    return fullHandshake;
                }

                int length = Crypto.EVP_CIPHER_get_iv_length(context.TicketCipher);
                current.Name.CopyTo(new Span<byte>(name, 16));
                return Crypto.RAND_bytes(vector, length) == 1 && SetKeys(current, encrypt: true) ? good : -1;
            }

            if (keys.Find(new ReadOnlySpan<byte>(name, 16)) is not TicketKey known)
            {
                keys.NoteMissing(new ReadOnlySpan<byte>(name, 16));
                return fullHandshake;
            }

            return !SetKeys(known, encrypt: false) ? -1 : ReferenceEquals(known, keys.Current) ? good : renew;

            bool SetKeys(TicketKey key, bool encrypt)
            {
                fixed (byte* cipherKey = key.CipherKey, macKey = key.MacKey, keyName = "key\0"u8, digestName = "digest\0"u8, digest = "sha256\0"u8)
                {
                    const uint text = 4;
                    const uint octets = 5;
                    Crypto.Parameter* parameters = stackalloc Crypto.Parameter[3];
                    parameters[0] = new Crypto.Parameter { Key = keyName, Type = octets, Data = macKey, Size = 32 };
                    parameters[1] = new Crypto.Parameter { Key = digestName, Type = text, Data = digest, Size = 6 };
                    parameters[2] = default;
                    int done = encrypt
                        ? Crypto.EVP_EncryptInit_ex(cipherContext, context.TicketCipher, 0, cipherKey, vector)
                        : Crypto.EVP_DecryptInit_ex(cipherContext, context.TicketCipher, 0, cipherKey, vector);
                    return done == 1 && Crypto.EVP_MAC_CTX_set_params(macContext, parameters) == 1;
                }
            }
        }
        catch (Exception)
        {
            // Nothing may pass into C.
            return -1;
        }
    }

    [UnmanagedCallersOnly]
    private static int BioRead(nint bio, byte* buffer, int count)
    {
        Crypto.BIO_clear_flags(bio, Crypto.BioFlagsAll);
        if (Self(Crypto.BIO_get_data(bio)) is not TlsStream stream || buffer == null || count <= 0)
        {
            return 0;
        }

        int available = stream._inputEnd - stream._inputStart;
        if (available == 0)
        {
            if (!stream._inputEnded)
            {
                Crypto.BIO_set_flags(bio, Crypto.BioFlagsRead | Crypto.BioFlagsRetry);
                return -1;
            }

            return 0;
        }

        int taken = Math.Min(available, count);
        stream._input.AsSpan(stream._inputStart, taken).CopyTo(new Span<byte>(buffer, taken));
        stream._inputStart += taken;
        return taken;
    }

    [UnmanagedCallersOnly]
    private static int BioWrite(nint bio, byte* buffer, int count)
    {
        Crypto.BIO_clear_flags(bio, Crypto.BioFlagsAll);
        if (Self(Crypto.BIO_get_data(bio)) is not TlsStream stream || buffer == null || count <= 0)
        {
            return 0;
        }

        try
        {
            int needed = stream._outputCount + count;
            if (needed > stream._output.Length)
            {
                byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, SmallBuffer));
                stream._output.AsSpan(0, stream._outputCount).CopyTo(larger);
                byte[] smaller = stream._output;
                stream._output = larger;
                Return(ref smaller);
            }

            new ReadOnlySpan<byte>(buffer, count).CopyTo(stream._output.AsSpan(stream._outputCount));
            stream._outputCount = needed;
            return count;
        }
        catch (Exception)
        {
            return -1;
        }
    }

    [UnmanagedCallersOnly]
    private static nint BioControl(nint bio, int command, nint number, nint pointer) => command switch
    {
        Crypto.BioCtrlFlush => 1,
        Crypto.BioCtrlPending => Self(Crypto.BIO_get_data(bio)) is TlsStream stream ? stream._inputEnd - stream._inputStart : 0,
        Crypto.BioCtrlEof => Self(Crypto.BIO_get_data(bio)) is { _inputEnded: true } ? 1 : 0,
        _ => 0,
    };

    private static TlsStream? Self(nint handle) => handle == 0 ? null : GCHandle.FromIntPtr(handle).Target as TlsStream;

    private static nint CreateMethod()
    {
        fixed (byte* name = "mta\0"u8)
        {
            nint method = Crypto.BIO_meth_new(Crypto.BIO_get_new_index() | Crypto.BioTypeSourceSink, name);
            _ = Crypto.BIO_meth_set_read(method, &BioRead);
            _ = Crypto.BIO_meth_set_write(method, &BioWrite);
            _ = Crypto.BIO_meth_set_ctrl(method, &BioControl);
            return method;
        }
    }

    // RFC 6066 §3: a list of which the first host name counts. What is no host name counts as none.
    private static string ParseServerName(ReadOnlySpan<byte> extension)
    {
        if (extension.Length < 5 || extension[2] != 0)
        {
            return "";
        }

        int length = (extension[3] << 8) | extension[4];
        if (length is 0 or > 255 || extension.Length < 5 + length)
        {
            return "";
        }

        ReadOnlySpan<byte> name = extension.Slice(5, length);
        foreach (byte c in name)
        {
            if (!(c is >= (byte)'a' and <= (byte)'z' or >= (byte)'A' and <= (byte)'Z' or >= (byte)'0' and <= (byte)'9' or (byte)'-' or (byte)'.' or (byte)'_'))
            {
                return "";
            }
        }

        return ByteString.FromBytes(name);
    }

    private static void Return(ref byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = [];
        }
    }

    private void SetClientOptions(TlsClientOptions options)
    {
        Crypto.ERR_clear_error();
        KeepsSession = options.KeepsSession;
        Ssl.SSL_ctrl(_ssl, Ssl.CtrlMinVersion, options.Protocols.Minimum, 0);
        Ssl.SSL_ctrl(_ssl, Ssl.CtrlMaxVersion, options.Protocols.Maximum, 0);
        Ssl.SSL_set_options(_ssl, options.Protocols.Excluded);
        if (Ssl.SSL_set_cipher_list(_ssl, options.Ciphers) != 1)
        {
            throw new TlsException($"invalid cipher list: \"{options.Ciphers}\": aborting TLS session", TlsLibrary.Errors());
        }

        if (options.Tlsa.Count > 0)
        {
            SetTlsa(options);
        }

        if (options.ServerName.Length > 0)
        {
            fixed (byte* name = System.Text.Encoding.UTF8.GetBytes(options.ServerName + '\0'))
            {
                Ssl.SSL_ctrl(_ssl, Ssl.CtrlHostName, 0, (nint)name);
            }
        }

        if (options.Session is { Length: > 0 } bytes)
        {
            fixed (byte* start = bytes)
            {
                byte* input = start;
                nint session = Ssl.d2i_SSL_SESSION(null, &input, bytes.Length);
                if (session != 0)
                {
                    _ = Ssl.SSL_set_session(_ssl, session);
                    Ssl.SSL_SESSION_free(session);
                }
            }

            Crypto.ERR_clear_error();
        }
    }

    private void SetTlsa(TlsClientOptions options)
    {
        const uint noPartialWildcards = 4;
        const uint multiLabelWildcards = 8;
        const ulong noNamesForEndEntities = 1;
        if (Ssl.SSL_dane_enable(_ssl, options.TlsaNames.Count > 0 ? options.TlsaNames[0] : null) != 1)
        {
            throw new TlsException("cannot enable DANE support", TlsLibrary.Errors());
        }

        Ssl.SSL_dane_set_flags(_ssl, noNamesForEndEntities);
        Ssl.SSL_set_hostflags(_ssl, noPartialWildcards | (options.MultiLabelWildcards ? multiLabelWildcards : 0));
        for (int i = 1; i < options.TlsaNames.Count; i++)
        {
            _ = Ssl.SSL_add1_host(_ssl, options.TlsaNames[i]);
        }

        foreach (TlsaRecord record in options.Tlsa)
        {
            fixed (byte* data = record.Data)
            {
                // One that the library cannot use is as if it were not there; callers have sorted those out that matter.
                _ = Ssl.SSL_dane_tlsa_add(_ssl, record.Usage, record.Selector, record.Matching, data, (nuint)record.Data.Length);
            }
        }

        Crypto.ERR_clear_error();
    }

    private (int Error, IReadOnlyList<string> Problems) Step()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_ssl == 0, this);
            Crypto.ERR_clear_error();
            int result = Ssl.SSL_do_handshake(_ssl);
            if (result == 1)
            {
                return (0, []);
            }

            int error = Ssl.SSL_get_error(_ssl, result);
            return (error, error is Ssl.ErrorSsl or Ssl.ErrorSyscall ? TlsLibrary.Errors() : []);
        }
    }

    // Bytes read; 0 at the end; -1 when more must come from below.
    private int TryRead(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_ssl == 0, this);
            Crypto.ERR_clear_error();
            int count;
            fixed (byte* pointer = buffer)
            {
                count = Ssl.SSL_read(_ssl, pointer, buffer.Length);
            }

            if (count > 0)
            {
                return count;
            }

            switch (Ssl.SSL_get_error(_ssl, count))
            {
                case Ssl.ErrorWantRead when !_inputEnded:
                    return -1;
                case Ssl.ErrorWantRead or Ssl.ErrorZeroReturn:
                    return 0;
                default:
                    _isBroken = true;
                    if (_inputEnded)
                    {
                        return 0;
                    }

                    IReadOnlyList<string> errors = TlsLibrary.Errors();
                    throw new IOException(errors.Count > 0 ? $"TLS library problem: {errors[0]}" : "TLS protocol error");
            }
        }
    }

    private int Encrypt(ReadOnlySpan<byte> plain)
    {
        const int most = 4 * Block;
        int taken = 0;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_ssl == 0, this);
            if (_isBroken)
            {
                throw new IOException("the TLS session has failed");
            }

            fixed (byte* pointer = plain)
            {
                while (taken < plain.Length && taken < most)
                {
                    Crypto.ERR_clear_error();
                    int count = Ssl.SSL_write(_ssl, pointer + taken, Math.Min(Block, plain.Length - taken));
                    if (count <= 0)
                    {
                        _isBroken = true;
                        IReadOnlyList<string> errors = TlsLibrary.Errors();
                        throw new IOException(errors.Count > 0 ? $"TLS library problem: {errors[0]}" : "TLS protocol error");
                    }

                    taken += count;
                }
            }
        }

        return taken;
    }
}
