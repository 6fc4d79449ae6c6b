using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using System.Text;

namespace Mta.Linux;

/// <summary>What libsasl2 says after a step of an exchange.</summary>
public enum SaslServerStatus
{
    /// <summary>The client is who it says.</summary>
    Done,

    /// <summary>The client must answer.</summary>
    Continue,

    /// <summary>It is not, or the exchange is malformed.</summary>
    Failed,

    /// <summary>The library or what stands behind it is of no help now.</summary>
    Unavailable,
}

/// <summary>
/// Servers of the Cyrus SASL library (sasl_server_init(3) and on): one conversation with one client. The library is
/// loaded at <see cref="Initialize"/>, before the root directory changes. It is not made for threads: callers make one
/// call at a time, over all objects of the process. Calls block as long as a password check takes.
/// </summary>
public sealed unsafe partial class SaslServer : IDisposable
{
    /// <summary>Levels of the library's log: below this they are problems.</summary>
    public const int LogNote = 4;

    private const string Library = "libsasl2.so.2";
    private const int Ok = 0;
    private const int ContinueNeeded = 1;
    private const int CallbackLog = 2;
    private const int ConfigurationPath = 1;
    private const int NoUser = -20;
    private const int BadAuthentication = -13;
    private const int UserNameProperty = 0;
    private const int ExternalUserProperty = 102;

    // SASL_FAIL, SASL_NOMEM, SASL_TRYAGAIN, SASL_UNAVAIL, SASL_CONFIGERR.
    private static readonly int[] Helpless = [-1, -2, -8, -24, -100];

    private static Action<int, string>? _log;
    private nint _connection;

    /// <param name="service">Name for the library's policies, <c>smtp</c>.</param>
    /// <param name="host">This host.</param>
    /// <param name="realm">For names without one; empty for the library's own.</param>
    /// <exception cref="LinuxException">The library refuses.</exception>
    public SaslServer(string service, string host, string realm)
    {
        nint connection;
        int code = ServerNew(service, host, realm.Length == 0 ? null : realm, null, null, 0, 0, &connection);
        _connection = code == Ok ? connection : throw new LinuxException(Errno.EINVAL, "sasl_server_new", $"({ErrorText(code)})");
    }

    /// <summary>Name and domain of the client after <see cref="SaslServerStatus.Done"/>, or the name that was tried; may be empty.</summary>
    public string UserName
    {
        get
        {
            byte* name = null;
            return GetProperty(_connection, UserNameProperty, &name) == Ok ? NativeText.FromPointer(name) : "";
        }
    }

    /// <summary>Makes the library ready. Once in a process.</summary>
    /// <param name="application">Name of its configuration file, without <c>.conf</c>.</param>
    /// <param name="path">Where that file is looked for, directories with colons between; empty for the library's own places.</param>
    /// <param name="log">Takes its messages with their level.</param>
    /// <returns>Null when it is ready; else what is wrong.</returns>
    public static string? Initialize(string application, string path, Action<int, string> log)
    {
        if (!ClientLibrary.TryLoad(Library))
        {
            return $"the library {Library} is not installed (package libsasl2-2)";
        }

        _log = log;
        if (path.Length > 0)
        {
            _ = SetPath(ConfigurationPath, path);
        }

        // Lives as long as the library.
        Callback* callbacks = (Callback*)NativeMemory.AllocZeroed(2, (nuint)sizeof(Callback));
        callbacks[0].Id = CallbackLog;
        callbacks[0].Context = 0;
        callbacks[0].Procedure = (nint)(delegate* unmanaged[Cdecl]<nint, int, byte*, int>)&Log;
        int code = ServerInit(callbacks, application);
        return code == Ok ? null : ErrorText(code);
    }

    /// <summary>Names of the mechanisms that can be used with this client now, blanks between.</summary>
    public string Mechanisms()
    {
        byte* list = null;
        uint length = 0;
        int count = 0;
        return ListMechanisms(_connection, null, "", " ", "", &list, &length, &count) == Ok ? NativeText.FromPointer(list) : "";
    }

    /// <summary>The name that the client has proven elsewhere (a certificate), for EXTERNAL.</summary>
    public void SetExternalUser(string name)
    {
        fixed (byte* text = Encoding.Latin1.GetBytes(name + '\0'))
        {
            _ = SetProperty(_connection, ExternalUserProperty, text);
        }
    }

    /// <param name="initial">The client's first answer; null when it has sent none.</param>
    public (SaslServerStatus Status, byte[] Challenge, string Reason) Start(string mechanism, byte[]? initial)
    {
        byte* output = null;
        uint length = 0;
        int code;
        fixed (byte* data = initial is { Length: 0 } ? new byte[1] : initial)
        {
            code = ServerStart(_connection, mechanism, data, (uint)(initial?.Length ?? 0), &output, &length);
        }

        return Result(code, output, length);
    }

    public (SaslServerStatus Status, byte[] Challenge, string Reason) Step(byte[] answer)
    {
        byte* output = null;
        uint length = 0;
        int code;
        fixed (byte* data = answer.Length == 0 ? new byte[1] : answer)
        {
            code = ServerStep(_connection, data, (uint)answer.Length, &output, &length);
        }

        return Result(code, output, length);
    }

    public void Dispose()
    {
        if (_connection != 0)
        {
            nint connection = _connection;
            _connection = 0;
            Release(&connection);
        }
    }

    private static (SaslServerStatus Status, byte[] Challenge, string Reason) Result(int code, byte* output, uint length) => code switch
    {
        Ok => (SaslServerStatus.Done, [], ""),
        ContinueNeeded => (SaslServerStatus.Continue, output == null ? [] : new ReadOnlySpan<byte>(output, (int)length).ToArray(), ""),
        // Nobody learns from the answer which names exist.
        NoUser => (SaslServerStatus.Failed, [], ErrorText(BadAuthentication)),
        _ => (Array.IndexOf(Helpless, code) >= 0 ? SaslServerStatus.Unavailable : SaslServerStatus.Failed, [], ErrorText(code)),
    };

    private static string ErrorText(int code) => NativeText.FromPointer(ErrorString(code, null, null));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Log(nint context, int level, byte* message)
    {
        try
        {
            _log?.Invoke(level, NativeText.FromPointer(message));
        }
        catch (Exception)
        {
            // Nothing may pass through the library's frames; a line is lost.
        }

        return Ok;
    }

    private struct Callback
    {
        public nuint Id;
        public nint Procedure;
        public nint Context;
    }

    [LibraryImport(Library, EntryPoint = "sasl_set_path")]
    private static partial int SetPath(int type, [MarshalUsing(typeof(ByteStringMarshaller))] string path);

    [LibraryImport(Library, EntryPoint = "sasl_server_init")]
    private static partial int ServerInit(Callback* callbacks, [MarshalUsing(typeof(ByteStringMarshaller))] string application);

    [LibraryImport(Library, EntryPoint = "sasl_server_new")]
    private static partial int ServerNew(
        [MarshalUsing(typeof(ByteStringMarshaller))] string service,
        [MarshalUsing(typeof(ByteStringMarshaller))] string host,
        [MarshalUsing(typeof(ByteStringMarshaller))] string? realm,
        byte* localAddress,
        byte* remoteAddress,
        nint callbacks,
        uint flags,
        nint* connection);

    [LibraryImport(Library, EntryPoint = "sasl_listmech")]
    private static partial int ListMechanisms(
        nint connection,
        byte* user,
        [MarshalUsing(typeof(ByteStringMarshaller))] string prefix,
        [MarshalUsing(typeof(ByteStringMarshaller))] string separator,
        [MarshalUsing(typeof(ByteStringMarshaller))] string suffix,
        byte** list,
        uint* length,
        int* count);

    [LibraryImport(Library, EntryPoint = "sasl_server_start")]
    private static partial int ServerStart(nint connection, [MarshalUsing(typeof(ByteStringMarshaller))] string mechanism, byte* data, uint length, byte** output, uint* outputLength);

    [LibraryImport(Library, EntryPoint = "sasl_server_step")]
    private static partial int ServerStep(nint connection, byte* data, uint length, byte** output, uint* outputLength);

    [LibraryImport(Library, EntryPoint = "sasl_getprop")]
    private static partial int GetProperty(nint connection, int property, byte** value);

    [LibraryImport(Library, EntryPoint = "sasl_setprop")]
    private static partial int SetProperty(nint connection, int property, byte* value);

    [LibraryImport(Library, EntryPoint = "sasl_errstring")]
    private static partial byte* ErrorString(int code, byte* languages, byte** language);

    [LibraryImport(Library, EntryPoint = "sasl_dispose")]
    private static partial void Release(nint* connection);
}
