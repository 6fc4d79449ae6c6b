using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using System.Text;

namespace Mta.Linux;

/// <summary>An open directory, read entry by entry; <c>.</c> and <c>..</c> are left out. Used by one reader at a time.</summary>
public sealed partial class DirectoryStream : SafeHandle
{
    // Linux on 64 bits: d_ino 8, d_off 8, d_reclen 2, d_type 1, then the name.
    private const int TypeOffset = 18;
    private const int NameOffset = 19;
    private const byte RegularType = 8;

    public DirectoryStream()
        : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Inode number of the entry last read, as the directory has it.</summary>
    public ulong Inode { get; private set; }

    /// <summary>The directory says that the entry last read is a regular file; false also when it does not say.</summary>
    public bool IsRegular { get; private set; }

    /// <returns>0, or the error number.</returns>
    public static int TryOpen(string path, out DirectoryStream directory)
    {
        directory = OpenDirectoryNative(path);
        return directory.IsInvalid ? Errno.Last : 0;
    }

    /// <summary>The next name as a byte string; null at the end.</summary>
    /// <exception cref="LinuxException">readdir failed.</exception>
    public unsafe string? Next()
    {
        while (true)
        {
            Marshal.SetLastSystemError(0);
            byte* entry = (byte*)ReadDirectoryNative(this);
            if (entry == null)
            {
                int errno = Errno.Last;
                return errno == 0 ? null : throw new LinuxException(errno, "readdir");
            }

            ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NameOffset);
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                Inode = *(ulong*)entry;
                IsRegular = entry[TypeOffset] == RegularType;
                return Encoding.Latin1.GetString(name);
            }
        }
    }

    protected override bool ReleaseHandle() => CloseDirectoryNative(handle) == 0;

    [LibraryImport("libc", EntryPoint = "opendir", SetLastError = true)]
    private static partial DirectoryStream OpenDirectoryNative([MarshalUsing(typeof(ByteStringMarshaller))] string path);

    [LibraryImport("libc", EntryPoint = "readdir64", SetLastError = true)]
    private static partial nint ReadDirectoryNative(DirectoryStream directory);

    [LibraryImport("libc", EntryPoint = "closedir", SetLastError = true)]
    private static partial int CloseDirectoryNative(nint directory);
}

public static partial class Posix
{
    /// <summary>All names in a directory, in the file system's order. For directories known to be small.</summary>
    /// <exception cref="LinuxException">The directory could not be read.</exception>
    public static List<string> ListDirectory(string path)
    {
        int errno = DirectoryStream.TryOpen(path, out DirectoryStream directory);
        using (directory)
        {
            if (errno != 0)
            {
                throw new LinuxException(errno, "opendir", path);
            }

            var names = new List<string>();
            while (directory.Next() is { } name)
            {
                names.Add(name);
            }

            return names;
        }
    }
}
