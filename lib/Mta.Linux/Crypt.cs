using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

/// <summary>Password hashes of crypt(3), from libcrypt, which is loaded at the first call.</summary>
public static partial class Crypt
{
    // struct crypt_data of libxcrypt is 32768 bytes by ABI.
    private const int DataSize = 32768;

    /// <summary>Hashes a password as <paramref name="setting"/> (an existing hash) says. Takes as long as the method wants: milliseconds and more.</summary>
    /// <param name="password">A byte string without NUL.</param>
    /// <returns>The hash; null when the method is unknown or the setting malformed.</returns>
    /// <exception cref="DllNotFoundException">libcrypt is not installed.</exception>
    public static unsafe string? TryHash(string password, string setting)
    {
        nint data = Marshal.AllocHGlobal(DataSize);
        try
        {
            new Span<byte>((void*)data, DataSize).Clear();
            string hash = NativeText.FromPointer(CryptNative(password, setting, data));

            // Failures are a null pointer or a token that begins with an asterisk.
            return hash.Length == 0 || hash[0] == '*' ? null : hash;
        }
        finally
        {
            new Span<byte>((void*)data, DataSize).Clear();
            Marshal.FreeHGlobal(data);
        }
    }

    [LibraryImport("libcrypt.so.1", EntryPoint = "crypt_r", SetLastError = true)]
    private static unsafe partial byte* CryptNative([MarshalUsing(typeof(ByteStringMarshaller))] string password, [MarshalUsing(typeof(ByteStringMarshaller))] string setting, nint data);
}
