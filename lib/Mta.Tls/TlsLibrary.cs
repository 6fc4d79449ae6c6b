using System.Runtime.InteropServices;
using Mta.Text;
using Mta.Tls.Native;

namespace Mta.Tls;

/// <summary>The library as a whole: its initialisation, its error queue, its names. Load it before the root directory changes.</summary>
public static unsafe class TlsLibrary
{
    private const ulong NoLoadConfig = 0x80;
    private const ulong LoadConfig = 0x40;
    private const int MaxErrors = 32;

    /// <summary>Loads the library and its configuration file.</summary>
    /// <param name="configFile">A path, <c>default</c>, or <c>none</c> (<c>tls_config_file</c>).</param>
    /// <param name="configName">Section of that file; empty is the library's own (<c>tls_config_name</c>).</param>
    /// <exception cref="TlsException">The library is missing or refuses the file.</exception>
    public static void Load(string configFile = "default", string configName = "")
    {
        try
        {
            nint settings = 0;
            if (configName.Length > 0 || configFile is not ("default" or "none"))
            {
                settings = Crypto.OPENSSL_INIT_new();
                if (configFile is not ("default" or "none"))
                {
                    Crypto.OPENSSL_INIT_set_config_filename(settings, configFile);
                }

                if (configName.Length > 0)
                {
                    Crypto.OPENSSL_INIT_set_config_appname(settings, configName);
                }
            }

            int done = Ssl.OPENSSL_init_ssl(configFile == "none" ? NoLoadConfig : LoadConfig, settings);
            if (settings != 0)
            {
                Crypto.OPENSSL_INIT_free(settings);
            }

            if (done != 1)
            {
                throw new TlsException("error loading TLS library configuration", Errors());
            }
        }
        catch (DllNotFoundException failure)
        {
            throw new TlsException($"libssl: {failure.Message}", []);
        }
    }

    /// <summary>Takes what waits in this thread's error queue, in the form of log lines (<c>error:0A00...:SSL routines::...</c>).</summary>
    public static IReadOnlyList<string> Errors()
    {
        List<string> lines = [];
        byte* text = stackalloc byte[256];
        while (true)
        {
            byte* file;
            byte* data;
            int line;
            int flags;
            ulong code = Crypto.ERR_get_error_all(&file, &line, null, &data, &flags);
            if (code == 0)
            {
                return lines;
            }

            if (lines.Count < MaxErrors)
            {
                const int dataIsText = 2;
                Crypto.ERR_error_string_n(code, text, 256);
                string more = (flags & dataIsText) != 0 && data != null ? Text(data) : "";
                lines.Add(Printable.Neutralize($"{Text(text)}:{(file == null ? "" : Text(file))}:{line}:{more}{(more.Length > 0 ? ":" : "")}"));
            }
        }
    }

    /// <summary>What a verification result (X509_V_ERR_...) means.</summary>
    public static string VerifyErrorText(int error) => Text(Crypto.X509_verify_cert_error_string(error));

    /// <summary>Whether a digest of this name exists.</summary>
    public static bool HasDigest(string name) => Crypto.EVP_get_digestbyname(name) != 0;

    /// <summary>Whether bytes are the binary form of a certificate, or of a public key.</summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> der, bool isKey)
    {
        fixed (byte* start = der)
        {
            byte* data = start;
            nint value = isKey ? Crypto.d2i_PUBKEY(null, &data, der.Length) : Crypto.d2i_X509(null, &data, der.Length);
            bool isWhole = value != 0 && data == start + der.Length;
            if (isKey)
            {
                Crypto.EVP_PKEY_free(value);
            }
            else
            {
                Crypto.X509_free(value);
            }

            Crypto.ERR_clear_error();
            return isWhole;
        }
    }

    /// <summary>Random bytes of the library.</summary>
    public static byte[] Random(int count)
    {
        byte[] bytes = new byte[count];
        fixed (byte* pointer = bytes)
        {
            if (Crypto.RAND_bytes(pointer, count) != 1)
            {
                throw new TlsException("no random bytes", Errors());
            }
        }

        return bytes;
    }

    /// <summary>Digest of bytes; empty when there is no such algorithm.</summary>
    public static byte[] Digest(string algorithm, ReadOnlySpan<byte> data)
    {
        nint type = Crypto.EVP_get_digestbyname(algorithm);
        if (type == 0)
        {
            return [];
        }

        byte* digest = stackalloc byte[64];
        uint size = 0;
        fixed (byte* pointer = data)
        {
            return Crypto.EVP_Digest(pointer, (nuint)data.Length, digest, &size, type, 0) == 1
                ? new ReadOnlySpan<byte>(digest, (int)size).ToArray()
                : [];
        }
    }

    internal static string Text(byte* text) => text == null ? "" : ByteString.FromBytes(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));
}
