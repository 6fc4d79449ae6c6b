using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>Which OpenSSL is installed.</summary>
public static unsafe partial class OpensslVersion
{
    /// <summary>The oldest release whose interface the programs use.</summary>
    public const string Oldest = "OpenSSL 3.0.0 7 sep 2021";

    /// <summary>The library's own version line, such as <c>OpenSSL 3.0.11 19 Sep 2023</c>; null when it is not installed.</summary>
    public static string? Installed
    {
        get
        {
            try
            {
                return Marshal.PtrToStringAnsi(OpenSSL_version(0));
            }
            catch (DllNotFoundException)
            {
                return null;
            }
        }
    }

    [LibraryImport("libcrypto.so.3")]
    private static partial nint OpenSSL_version(int what);
}
