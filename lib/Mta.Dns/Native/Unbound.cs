using System.Runtime.InteropServices;

namespace Mta.Dns.Native;

/// <summary>libunbound's calls (libunbound(3)), by their own names.</summary>
internal static unsafe partial class Unbound
{
    private const string Library = "libunbound.so.8";

    public static string Text(int error) => Marshal.PtrToStringUTF8((nint)ub_strerror(error)) ?? $"error {error}";

    [LibraryImport(Library)]
    public static partial nint ub_ctx_create();

    [LibraryImport(Library)]
    public static partial void ub_ctx_delete(nint context);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ub_ctx_set_option(nint context, string option, string value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ub_ctx_resolvconf(nint context, string? file);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ub_ctx_set_fwd(nint context, string address);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ub_ctx_add_ta_file(nint context, string file);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ub_ctx_zone_add(nint context, string zone, string type);

    [LibraryImport(Library)]
    public static partial int ub_ctx_async(nint context, int withThread);

    [LibraryImport(Library)]
    public static partial int ub_fd(nint context);

    [LibraryImport(Library)]
    public static partial int ub_process(nint context);

    [LibraryImport(Library)]
    public static partial int ub_resolve_async(nint context, byte* name, int type, int recordClass, nint data, delegate* unmanaged<nint, int, Result*, void> callback, int* id);

    [LibraryImport(Library)]
    public static partial int ub_cancel(nint context, int id);

    [LibraryImport(Library)]
    public static partial void ub_resolve_free(Result* result);

    [LibraryImport(Library)]
    private static partial byte* ub_strerror(int error);

    /// <summary>struct ub_result.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Result
    {
        public byte* QueryName;
        public int QueryType;
        public int QueryClass;
        public byte** Data;
        public int* Lengths;
        public byte* CanonicalName;
        public int ResponseCode;
        public void* AnswerPacket;
        public int AnswerLength;
        public int HasData;
        public int IsNameUnknown;
        public int IsSecure;
        public int IsBogus;
        public byte* WhyBogus;
        public int WasRateLimited;
        public int TimeToLive;
    }
}
