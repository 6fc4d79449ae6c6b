using System.Runtime.InteropServices;

namespace Mta.Tls.Native;

/// <summary>libcrypto's calls (OpenSSL 3), by their own names.</summary>
internal static unsafe partial class Crypto
{
    public const int BioFlagsRead = 1;
    public const int BioFlagsAll = 0x0f;
    public const int BioFlagsRetry = 8;
    public const int BioCtrlEof = 2;
    public const int BioCtrlPending = 10;
    public const int BioCtrlFlush = 11;
    public const int BioTypeSourceSink = 0x0400;
    public const int NidCommonName = 13;
    public const int NidOrganization = 17;
    public const int NidSubjectAltName = 85;
    public const int GeneralNameDns = 2;
    public const int GeneralNameAddress = 7;
    public const ulong ReasonMask = 0x7fffff;
    public const ulong PemNoStartLine = 108;

    private const string Library = "libcrypto.so.3";

    [LibraryImport(Library)]
    public static partial nint OPENSSL_INIT_new();

    [LibraryImport(Library)]
    public static partial void OPENSSL_INIT_free(nint settings);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OPENSSL_INIT_set_config_filename(nint settings, string file);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OPENSSL_INIT_set_config_appname(nint settings, string name);

    [LibraryImport(Library)]
    public static partial nint BIO_meth_new(int type, byte* name);

    [LibraryImport(Library)]
    public static partial int BIO_get_new_index();

    [LibraryImport(Library)]
    public static partial int BIO_meth_set_read(nint method, delegate* unmanaged<nint, byte*, int, int> read);

    [LibraryImport(Library)]
    public static partial int BIO_meth_set_write(nint method, delegate* unmanaged<nint, byte*, int, int> write);

    [LibraryImport(Library)]
    public static partial int BIO_meth_set_ctrl(nint method, delegate* unmanaged<nint, int, nint, nint, nint> ctrl);

    [LibraryImport(Library)]
    public static partial nint BIO_new(nint method);

    [LibraryImport(Library)]
    public static partial int BIO_free(nint bio);

    [LibraryImport(Library)]
    public static partial void BIO_set_data(nint bio, nint data);

    [LibraryImport(Library)]
    public static partial nint BIO_get_data(nint bio);

    [LibraryImport(Library)]
    public static partial void BIO_set_flags(nint bio, int flags);

    [LibraryImport(Library)]
    public static partial void BIO_clear_flags(nint bio, int flags);

    [LibraryImport(Library)]
    public static partial nint BIO_new_mem_buf(byte* data, int length);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint BIO_new_file(string file, string mode);

    [LibraryImport(Library)]
    public static partial int PEM_read_bio(nint bio, byte** name, byte** header, byte** data, nint* length);

    [LibraryImport(Library)]
    public static partial nint PEM_read_bio_Parameters(nint bio, nint* key);

    [LibraryImport(Library)]
    public static partial void CRYPTO_free(void* memory, byte* file, int line);

    [LibraryImport(Library)]
    public static partial nint d2i_X509(nint* certificate, byte** data, nint length);

    [LibraryImport(Library)]
    public static partial nint d2i_PUBKEY(nint* key, byte** data, nint length);

    [LibraryImport(Library)]
    public static partial int i2d_X509(nint certificate, byte** output);

    [LibraryImport(Library)]
    public static partial nint d2i_AutoPrivateKey(nint* key, byte** data, nint length);

    [LibraryImport(Library)]
    public static partial void X509_free(nint certificate);

    [LibraryImport(Library)]
    public static partial nint X509_get_subject_name(nint certificate);

    [LibraryImport(Library)]
    public static partial nint X509_get_issuer_name(nint certificate);

    [LibraryImport(Library)]
    public static partial int X509_NAME_get_index_by_NID(nint name, int nid, int last);

    [LibraryImport(Library)]
    public static partial nint X509_NAME_get_entry(nint name, int index);

    [LibraryImport(Library)]
    public static partial nint X509_NAME_ENTRY_get_data(nint entry);

    [LibraryImport(Library)]
    public static partial byte* X509_NAME_oneline(nint name, byte* buffer, int size);

    [LibraryImport(Library)]
    public static partial int ASN1_STRING_to_UTF8(byte** output, nint text);

    [LibraryImport(Library)]
    public static partial byte* ASN1_STRING_get0_data(nint text);

    [LibraryImport(Library)]
    public static partial int ASN1_STRING_length(nint text);

    [LibraryImport(Library)]
    public static partial nint X509_get_ext_d2i(nint certificate, int nid, int* critical, int* index);

    [LibraryImport(Library)]
    public static partial void GENERAL_NAMES_free(nint names);

    [LibraryImport(Library)]
    public static partial nint GENERAL_NAME_get0_value(nint name, int* type);

    [LibraryImport(Library)]
    public static partial nint X509_get0_pubkey(nint certificate);

    [LibraryImport(Library)]
    public static partial nint X509_get_X509_PUBKEY(nint certificate);

    [LibraryImport(Library)]
    public static partial nint X509_get0_pubkey_bitstr(nint certificate);

    [LibraryImport(Library)]
    public static partial int X509_check_purpose(nint certificate, int purpose, int isAuthority);

    [LibraryImport(Library)]
    public static partial int X509_STORE_CTX_get_error(nint store);

    [LibraryImport(Library)]
    public static partial int X509_STORE_CTX_get_error_depth(nint store);

    [LibraryImport(Library)]
    public static partial nint X509_STORE_CTX_get_current_cert(nint store);

    [LibraryImport(Library)]
    public static partial void X509_STORE_CTX_set_error(nint store, int error);

    [LibraryImport(Library)]
    public static partial int i2d_X509_PUBKEY(nint key, byte** output);

    [LibraryImport(Library)]
    public static partial byte* X509_verify_cert_error_string(nint error);

    public const int ObjectIsRevocationList = 2;
    public const int ErrorNoRevocationList = 3;
    public const nuint CheckRevocation = 4;

    /// <summary>What a store holds; it stays the store's own.</summary>
    [LibraryImport(Library)]
    public static partial nint X509_STORE_get0_objects(nint store);

    [LibraryImport(Library)]
    public static partial int X509_STORE_set_flags(nint store, nuint flags);

    [LibraryImport(Library)]
    public static partial int X509_OBJECT_get_type(nint item);

    [LibraryImport(Library)]
    public static partial int OPENSSL_sk_num(nint stack);

    [LibraryImport(Library)]
    public static partial nint OPENSSL_sk_value(nint stack, int index);

    [LibraryImport(Library)]
    public static partial nint OPENSSL_sk_new_null();

    [LibraryImport(Library)]
    public static partial int OPENSSL_sk_push(nint stack, nint element);

    [LibraryImport(Library)]
    public static partial void OPENSSL_sk_free(nint stack);

    [LibraryImport(Library)]
    public static partial void EVP_PKEY_free(nint key);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_get_id(nint key);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_get_bits(nint key);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_get_group_name(nint key, byte* name, nuint size, nuint* length);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint EVP_get_digestbyname(string name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint EVP_get_cipherbyname(string name);

    [LibraryImport(Library)]
    public static partial int EVP_CIPHER_get_iv_length(nint cipher);

    [LibraryImport(Library)]
    public static partial int EVP_Digest(byte* data, nuint count, byte* digest, uint* size, nint type, nint engine);

    [LibraryImport(Library)]
    public static partial int EVP_EncryptInit_ex(nint context, nint cipher, nint engine, byte* key, byte* iv);

    [LibraryImport(Library)]
    public static partial int EVP_DecryptInit_ex(nint context, nint cipher, nint engine, byte* key, byte* iv);

    [LibraryImport(Library)]
    public static partial int EVP_MAC_CTX_set_params(nint context, Parameter* parameters);

    [LibraryImport(Library)]
    public static partial int RAND_bytes(byte* buffer, int count);

    [LibraryImport(Library)]
    public static partial byte* OBJ_nid2sn(int nid);

    [LibraryImport(Library)]
    public static partial void ERR_clear_error();

    [LibraryImport(Library)]
    public static partial ulong ERR_get_error_all(byte** file, int* line, byte** function, byte** data, int* flags);

    [LibraryImport(Library)]
    public static partial ulong ERR_peek_last_error();

    [LibraryImport(Library)]
    public static partial void ERR_error_string_n(ulong error, byte* buffer, nuint size);

    /// <summary>struct ossl_param_st (OSSL_PARAM(3)).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Parameter
    {
        public byte* Key;
        public uint Type;
        public void* Data;
        public nuint Size;
        public nuint ReturnSize;
    }
}
