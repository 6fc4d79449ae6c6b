using Mta.Linux;
using Mta.Text;

namespace Mta.Config;

/// <summary>Whole small files as byte strings.</summary>
public static class TextFile
{
    /// <summary>No configuration file is larger; one that is would only exhaust memory.</summary>
    public const int MaxLength = 64 << 20;

    /// <exception cref="LinuxException">The file cannot be opened or read.</exception>
    public static string Read(string path)
    {
        using FileHandle file = Posix.Open(path, OpenFlags.ReadOnly);
        byte[] buffer = new byte[(int)Math.Clamp(Posix.Fstat(file).Size + 1, 4096, MaxLength)];
        int length = 0;
        while (true)
        {
            int count = Posix.Read(file, buffer.AsSpan(length));
            if (count <= 0)
            {
                return ByteString.FromBytes(buffer.AsSpan(0, length));
            }

            length += count;
            if (length == buffer.Length)
            {
                if (length >= MaxLength)
                {
                    throw new LinuxException(Errno.EFBIG, "read", path);
                }

                Array.Resize(ref buffer, Math.Min(MaxLength, length * 2));
            }
        }
    }
}
