using System.Globalization;
using System.Net;
using System.Text;
using Mta.Text;
using Mta.Tls.Native;

namespace Mta.Tls;

/// <summary>A peer's certificate: names and fingerprints, made printable.</summary>
public sealed unsafe class TlsCertificate
{
    private TlsCertificate()
    {
    }

    /// <summary>Common name of the subject; empty when there is none.</summary>
    public string SubjectCn { get; private init; } = "";

    /// <summary>Common name, else organisation, of the issuer.</summary>
    public string IssuerCn { get; private init; } = "";

    /// <summary>Subject on one line, as the library writes it.</summary>
    public string SubjectLine { get; private init; } = "";

    /// <summary>Issuer on one line, as the library writes it.</summary>
    public string IssuerLine { get; private init; } = "";

    /// <summary>Digest of the certificate: <c>AB:CD:...</c>.</summary>
    public string Fingerprint { get; private init; } = "";

    /// <summary>Digest of the public key: <c>AB:CD:...</c>.</summary>
    public string KeyFingerprint { get; private init; } = "";

    /// <summary>Alternative names of type DNS; those with bytes that no name has are left out.</summary>
    public IReadOnlyList<string> DnsNames { get; private init; } = [];

    /// <summary>Alternative names that are addresses.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; private init; } = [];

    /// <summary>There are alternative names of type DNS, usable or not: then the subject's name does not count.</summary>
    public bool HasDnsNames { get; private init; }

    /// <summary>The certificate's binary form.</summary>
    public byte[] Der { get; private init; } = [];

    internal static TlsCertificate Read(nint certificate, string digest, bool legacyKeys = false)
    {
        byte[] der = Encode(certificate, &I2dCertificate);
        byte[] key = legacyKeys ? KeyBits(certificate) : Encode(Crypto.X509_get_X509_PUBKEY(certificate), &I2dKey);
        (List<string> names, List<IPAddress> addresses, bool hasNames) = Names(certificate);
        string issuer = Entry(Crypto.X509_get_issuer_name(certificate), Crypto.NidCommonName);
        byte* line = stackalloc byte[512];
        Crypto.X509_NAME_oneline(Crypto.X509_get_issuer_name(certificate), line, 512);
        byte* subject = stackalloc byte[512];
        Crypto.X509_NAME_oneline(Crypto.X509_get_subject_name(certificate), subject, 512);
        return new TlsCertificate
        {
            SubjectLine = Printable.Neutralize(TlsLibrary.Text(subject)),
            SubjectCn = Entry(Crypto.X509_get_subject_name(certificate), Crypto.NidCommonName),
            IssuerCn = issuer.Length > 0 ? issuer : Entry(Crypto.X509_get_issuer_name(certificate), Crypto.NidOrganization),
            IssuerLine = Printable.Neutralize(TlsLibrary.Text(line)),
            Fingerprint = Hex(TlsLibrary.Digest(digest, der)),
            KeyFingerprint = Hex(TlsLibrary.Digest(digest, key)),
            DnsNames = names,
            Addresses = addresses,
            HasDnsNames = hasNames,
            Der = der,
        };
    }

    /// <summary>Bytes in pairs of digits with colons between.</summary>
    public static string Hex(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new(bytes.Length * 3);
        foreach (byte value in bytes)
        {
            text.Append(text.Length == 0 ? "" : ":").Append(value.ToString("X2", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    // The key without what says of which kind it is.
    private static byte[] KeyBits(nint certificate)
    {
        nint bits = Crypto.X509_get0_pubkey_bitstr(certificate);
        return bits == 0 ? [] : new ReadOnlySpan<byte>(Crypto.ASN1_STRING_get0_data(bits), Crypto.ASN1_STRING_length(bits)).ToArray();
    }

    private static int I2dCertificate(nint value, byte** output) => Crypto.i2d_X509(value, output);

    private static int I2dKey(nint value, byte** output) => Crypto.i2d_X509_PUBKEY(value, output);

    private static byte[] Encode(nint value, delegate*<nint, byte**, int> encode)
    {
        int size = encode(value, null);
        if (size <= 0)
        {
            return [];
        }

        byte[] bytes = new byte[size];
        fixed (byte* start = bytes)
        {
            byte* output = start;
            _ = encode(value, &output);
        }

        return bytes;
    }

    private static string Entry(nint name, int nid)
    {
        int index = name == 0 ? -1 : Crypto.X509_NAME_get_index_by_NID(name, nid, -1);
        if (index < 0)
        {
            return "";
        }

        nint data = Crypto.X509_NAME_ENTRY_get_data(Crypto.X509_NAME_get_entry(name, index));
        byte* text;
        int length = Crypto.ASN1_STRING_to_UTF8(&text, data);
        if (length < 0)
        {
            return "";
        }

        // A NUL inside would make two programs see two names.
        ReadOnlySpan<byte> bytes = new(text, length);
        string result = length is 0 or > 256 || bytes.Contains((byte)0) ? "" : Printable.Neutralize(ByteString.FromBytes(bytes));
        Crypto.CRYPTO_free(text, null, 0);
        return result;
    }

    private static (List<string> Names, List<IPAddress> Addresses, bool HasNames) Names(nint certificate)
    {
        const int most = 1000;
        List<string> found = [];
        List<IPAddress> addresses = [];
        bool has = false;
        nint names = Crypto.X509_get_ext_d2i(certificate, Crypto.NidSubjectAltName, null, null);
        for (int i = 0; names != 0 && i < Math.Min(most, Crypto.OPENSSL_sk_num(names)); i++)
        {
            int type;
            nint value = Crypto.GENERAL_NAME_get0_value(Crypto.OPENSSL_sk_value(names, i), &type);
            if (type is not (Crypto.GeneralNameDns or Crypto.GeneralNameAddress))
            {
                continue;
            }

            ReadOnlySpan<byte> bytes = new(Crypto.ASN1_STRING_get0_data(value), Crypto.ASN1_STRING_length(value));
            if (type == Crypto.GeneralNameAddress)
            {
                if (bytes.Length is 4 or 16)
                {
                    addresses.Add(new IPAddress(bytes));
                }

                continue;
            }

            has = true;
            if (bytes.Length is > 0 and < 256 && bytes.IndexOfAnyExceptInRange((byte)'!', (byte)'~') < 0)
            {
                found.Add(ByteString.FromBytes(bytes));
            }
        }

        if (names != 0)
        {
            Crypto.GENERAL_NAMES_free(names);
        }

        return (found, addresses, has);
    }
}
