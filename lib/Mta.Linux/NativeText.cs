using System.Runtime.InteropServices;
using System.Text;

namespace Mta.Linux;

/// <summary>Byte strings to and from C memory.</summary>
internal static unsafe class NativeText
{
    /// <summary>The bytes before the first NUL; a null pointer gives the empty string.</summary>
    public static string FromPointer(byte* text) =>
        text == null ? "" : Encoding.Latin1.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    /// <summary>A null-ended array of C strings in one block, which the caller frees with <see cref="NativeMemory.Free"/>.</summary>
    /// <exception cref="LinuxException">A string holds a NUL byte.</exception>
    public static byte** ToVector(IReadOnlyList<string> strings)
    {
        long size = (strings.Count + 1L) * sizeof(byte*);
        foreach (string text in strings)
        {
            if (text.Contains('\0'))
            {
                throw new LinuxException(Errno.EINVAL, "posix_spawn", "(an argument holds a NUL byte)");
            }

            size += text.Length + 1;
        }

        byte** vector = (byte**)NativeMemory.Alloc((nuint)size);
        byte* target = (byte*)(vector + strings.Count + 1);
        for (int i = 0; i < strings.Count; i++)
        {
            vector[i] = target;
            target += Encoding.Latin1.GetBytes(strings[i], new Span<byte>(target, strings[i].Length));
            *target++ = 0;
        }

        vector[strings.Count] = null;
        return vector;
    }
}
