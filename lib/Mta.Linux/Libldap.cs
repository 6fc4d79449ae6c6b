using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using System.Text;

namespace Mta.Linux;

/// <summary>How to reach an LDAP server, and how far a search may go.</summary>
public sealed record LdapOptions
{
    /// <summary>3 is the current protocol.</summary>
    public int Version { get; init; } = 3;

    /// <summary>0 never, 1 when searching, 2 when finding the base, 3 always.</summary>
    public int Dereference { get; init; }

    public bool ChaseReferrals { get; init; }

    public int DebugLevel { get; init; }

    /// <summary>Longest wait for one answer, in seconds.</summary>
    public int Timeout { get; init; } = 10;

    public bool StartTls { get; init; }

    /// <summary>Whether the connection needs TLS settings at all: <see cref="StartTls"/>, or an ldaps address.</summary>
    public bool UsesTls { get; init; }

    public bool RequireCertificate { get; init; }

    public string AuthorityDirectory { get; init; } = "";

    public string AuthorityFile { get; init; } = "";

    public string Certificate { get; init; } = "";

    public string Key { get; init; } = "";

    public string Ciphers { get; init; } = "";
}

/// <summary>Where a search looks.</summary>
public enum LdapScope
{
    Base = 0,
    OneLevel = 1,
    Subtree = 2,
}

/// <summary>What an LDAP address (RFC 4516) asks for. An empty list of attributes means all.</summary>
public sealed record LdapUrl(string Base, LdapScope Scope, string Filter, string[] Attributes);

/// <summary>One entry of an answer: attributes in the server's order, each with its values.</summary>
public sealed record LdapEntry(List<KeyValuePair<string, string[]>> Attributes);

/// <summary>A connection to an LDAP server (libldap). Calls block, bounded; one thread at a time.</summary>
public sealed unsafe partial class LdapConnection : IDisposable
{
    /// <summary>The base of a search does not exist.</summary>
    public const int NoSuchObject = 0x20;

    /// <summary>The server has more entries than the search may give.</summary>
    public const int SizeLimitExceeded = 0x04;

    private const string Library = ClientLibrary.Ldap;
    private const int OptionDereference = 0x02;
    private const int OptionReferrals = 0x08;
    private const int OptionProtocolVersion = 0x11;
    private const int OptionDebugLevel = 0x5001;
    private const int OptionTimeout = 0x5002;
    private const int OptionNetworkTimeout = 0x5005;
    private const int OptionTlsAuthorityFile = 0x6002;
    private const int OptionTlsAuthorityDirectory = 0x6003;
    private const int OptionTlsCertificate = 0x6004;
    private const int OptionTlsKey = 0x6005;
    private const int OptionTlsRequireCertificate = 0x6006;
    private const int OptionTlsCiphers = 0x6008;
    private const int OptionTlsNewContext = 0x600f;
    private const int ProtocolError = 0x02;
    private const int ServerDown = -1;
    private const int Unavailable = 0x34;
    private const int ConnectError = -11;
    private const int TimedOut = -5;
    private readonly long _timeout;
    private void* _handle;

    private LdapConnection(void* handle, int timeout)
    {
        _handle = handle;
        _timeout = timeout;
    }

    /// <summary>Prepares a connection; the first request opens it.</summary>
    /// <exception cref="DatabaseException">The address or an option is bad, or TLS cannot be started.</exception>
    public static LdapConnection Open(string address, LdapOptions options)
    {
        void* handle;
        int code = Initialize(&handle, address);
        if (code != 0)
        {
            throw new DatabaseException($"{address}: {Text(code)}", connectionLost: true);
        }

        LdapConnection made = new(handle, options.Timeout);
        try
        {
            made.Set(options);
            if (options.StartTls)
            {
                made.Check(StartTlsNow(handle, null, null), "STARTTLS");
            }

            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>The library's text for a result code.</summary>
    public static string Text(int code) => NativeText.FromPointer(ErrorText(code));

    /// <summary>Reads an LDAP address.</summary>
    public static bool TryParseUrl(string text, out LdapUrl url)
    {
        url = new LdapUrl("", LdapScope.Subtree, "", []);
        if (text.Contains('\0', StringComparison.Ordinal) || IsUrl(text) == 0)
        {
            return false;
        }

        UrlDescription* description;
        if (ParseUrl(text, &description) != 0)
        {
            return false;
        }

        List<string> attributes = [];
        for (byte** attribute = description->Attributes; attribute != null && *attribute != null; attribute++)
        {
            attributes.Add(NativeText.FromPointer(*attribute));
        }

        LdapScope scope = description->Scope is 0 or 1 or 2 ? (LdapScope)description->Scope : LdapScope.Base;
        url = new LdapUrl(NativeText.FromPointer(description->Name), scope, NativeText.FromPointer(description->Filter), [.. attributes]);
        FreeUrl(description);
        return true;
    }

    /// <summary>Tells who we are by name and password; both empty is anonymous.</summary>
    /// <exception cref="DatabaseException">The server did not accept it, or was not there.</exception>
    public void Bind(string name, string password)
    {
        byte[] secret = Encoding.Latin1.GetBytes(password + "\0");
        fixed (byte* pointer = secret)
        {
            Credentials credentials = new() { Length = (nuint)password.Length, Value = pointer };
            Check(SaslBind(_handle, name, null, &credentials, null, null, null), "bind");
        }

        Array.Clear(secret);
    }

    /// <summary>Searches.</summary>
    /// <param name="sizeLimit">Most entries wanted; 0 for no limit.</param>
    /// <param name="entries">What was found.</param>
    /// <returns>0, <see cref="NoSuchObject"/> or <see cref="SizeLimitExceeded"/>.</returns>
    /// <exception cref="DatabaseException">The search failed.</exception>
    public int Search(string searchBase, LdapScope scope, string filter, IReadOnlyList<string> attributes, int sizeLimit, out List<LdapEntry> entries)
    {
        byte** names = NativeText.ToVector(attributes);
        TimeValue wait = new() { Seconds = _timeout };
        void* message = null;
        entries = [];
        try
        {
            int code = SearchNow(_handle, searchBase, (int)scope, filter, names, 0, null, null, &wait, sizeLimit, &message);
            if (code is not (0 or NoSuchObject or SizeLimitExceeded))
            {
                Check(code, "search");
            }

            if (code == 0)
            {
                for (void* entry = FirstEntry(_handle, message); entry != null; entry = NextEntry(_handle, entry))
                {
                    entries.Add(Read(entry));
                }
            }

            return code;
        }
        finally
        {
            NativeMemory.Free(names);
            if (message != null)
            {
                _ = FreeMessage(message);
            }
        }
    }

    public void Dispose()
    {
        if (_handle != null)
        {
            _ = Unbind(_handle, null, null);
            _handle = null;
        }
    }

    private void Set(LdapOptions options)
    {
        int version = options.Version;
        int dereference = options.Dereference;
        int debug = options.DebugLevel;
        TimeValue wait = new() { Seconds = _timeout };
        Check(SetOption(_handle, OptionProtocolVersion, &version), "set protocol version");
        Check(SetOption(_handle, OptionDereference, &dereference), "set dereference");
        Check(SetOption(_handle, OptionReferrals, options.ChaseReferrals ? (void*)1 : null), "set referrals");
        Check(SetOption(_handle, OptionNetworkTimeout, &wait), "set network timeout");
        Check(SetOption(_handle, OptionTimeout, &wait), "set timeout");
        if (debug > 0)
        {
            _ = SetOption(null, OptionDebugLevel, &debug);
        }

        if (!options.UsesTls)
        {
            return;
        }

        SetText(OptionTlsAuthorityFile, options.AuthorityFile);
        SetText(OptionTlsAuthorityDirectory, options.AuthorityDirectory);
        SetText(OptionTlsCertificate, options.Certificate);
        SetText(OptionTlsKey, options.Key);
        SetText(OptionTlsCiphers, options.Ciphers);
        int require = options.RequireCertificate ? 1 : 0;
        int client = 0;
        Check(SetOption(_handle, OptionTlsRequireCertificate, &require), "set tls_require_cert");
        Check(SetOption(_handle, OptionTlsNewContext, &client), "set TLS context");
    }

    private void SetText(int option, string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        byte[] bytes = Encoding.Latin1.GetBytes(text + "\0");
        fixed (byte* pointer = bytes)
        {
            Check(SetOption(_handle, option, pointer), $"set TLS option {option:x}");
        }
    }

    private LdapEntry Read(void* entry)
    {
        LdapEntry read = new([]);
        void* place = null;
        byte* attribute = FirstAttribute(_handle, entry, &place);
        while (attribute != null)
        {
            Credentials** values = ValuesOf(_handle, entry, attribute);
            List<string> texts = [];
            for (Credentials** value = values; value != null && *value != null; value++)
            {
                texts.Add(Encoding.Latin1.GetString((*value)->Value, (int)(*value)->Length));
            }

            if (values != null)
            {
                FreeValues(values);
            }

            read.Attributes.Add(KeyValuePair.Create(NativeText.FromPointer(attribute), texts.ToArray()));
            FreeMemory(attribute);
            attribute = NextAttribute(_handle, entry, place);
        }

        if (place != null)
        {
            FreeBer(place, 0);
        }

        return read;
    }

    private void Check(int code, string call)
    {
        if (code != 0)
        {
            throw new DatabaseException($"{call}: {Text(code)}", code is ServerDown or ConnectError or TimedOut or Unavailable or ProtocolError || call != "search");
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Credentials
    {
        public nuint Length;
        public byte* Value;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeValue
    {
        public long Seconds;
        public long Microseconds;
    }

    // ldap_url_desc of ldap.h.
    [StructLayout(LayoutKind.Sequential)]
    private struct UrlDescription
    {
        public void* Next;
        public byte* Scheme;
        public byte* Host;
        public int Port;
        public byte* Name;
        public byte** Attributes;
        public int Scope;
        public byte* Filter;
        public byte** Extensions;
        public int CriticalExtensions;
    }

    [LibraryImport(Library, EntryPoint = "ldap_initialize")]
    private static partial int Initialize(void** handle, [MarshalUsing(typeof(ByteStringMarshaller))] string address);

    [LibraryImport(Library, EntryPoint = "ldap_set_option")]
    private static partial int SetOption(void* handle, int option, void* value);

    [LibraryImport(Library, EntryPoint = "ldap_start_tls_s")]
    private static partial int StartTlsNow(void* handle, void* serverControls, void* clientControls);

    [LibraryImport(Library, EntryPoint = "ldap_sasl_bind_s")]
    private static partial int SaslBind(void* handle, [MarshalUsing(typeof(ByteStringMarshaller))] string name, byte* mechanism, Credentials* credentials, void* serverControls, void* clientControls, void* serverCredentials);

    [LibraryImport(Library, EntryPoint = "ldap_search_ext_s")]
    private static partial int SearchNow(
        void* handle,
        [MarshalUsing(typeof(ByteStringMarshaller))] string searchBase,
        int scope,
        [MarshalUsing(typeof(ByteStringMarshaller))] string filter,
        byte** attributes,
        int attributesOnly,
        void* serverControls,
        void* clientControls,
        TimeValue* timeout,
        int sizeLimit,
        void** message);

    [LibraryImport(Library, EntryPoint = "ldap_first_entry")]
    private static partial void* FirstEntry(void* handle, void* message);

    [LibraryImport(Library, EntryPoint = "ldap_next_entry")]
    private static partial void* NextEntry(void* handle, void* entry);

    [LibraryImport(Library, EntryPoint = "ldap_first_attribute")]
    private static partial byte* FirstAttribute(void* handle, void* entry, void** place);

    [LibraryImport(Library, EntryPoint = "ldap_next_attribute")]
    private static partial byte* NextAttribute(void* handle, void* entry, void* place);

    [LibraryImport(Library, EntryPoint = "ldap_get_values_len")]
    private static partial Credentials** ValuesOf(void* handle, void* entry, byte* attribute);

    [LibraryImport(Library, EntryPoint = "ldap_value_free_len")]
    private static partial void FreeValues(Credentials** values);

    [LibraryImport(Library, EntryPoint = "ldap_memfree")]
    private static partial void FreeMemory(void* memory);

    [LibraryImport(Library, EntryPoint = "ldap_msgfree")]
    private static partial int FreeMessage(void* message);

    [LibraryImport(Library, EntryPoint = "ldap_unbind_ext_s")]
    private static partial int Unbind(void* handle, void* serverControls, void* clientControls);

    [LibraryImport(Library, EntryPoint = "ldap_err2string")]
    private static partial byte* ErrorText(int code);

    [LibraryImport(Library, EntryPoint = "ldap_is_ldap_url")]
    private static partial int IsUrl([MarshalUsing(typeof(ByteStringMarshaller))] string text);

    [LibraryImport(Library, EntryPoint = "ldap_url_parse")]
    private static partial int ParseUrl([MarshalUsing(typeof(ByteStringMarshaller))] string text, UrlDescription** description);

    [LibraryImport(Library, EntryPoint = "ldap_free_urldesc")]
    private static partial void FreeUrl(UrlDescription* description);

    [LibraryImport(ClientLibrary.Lber, EntryPoint = "ber_free")]
    private static partial void FreeBer(void* element, int freeBuffer);
}
