using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace Mta.Linux;

/// <summary>The names in a directory as byte strings, one at a time, without <c>.</c> and <c>..</c>.</summary>
public sealed partial class DirectoryReader : IDisposable
{
    private readonly DirectoryHandle _directory;
    private readonly string _path;

    private DirectoryReader(DirectoryHandle directory, string path)
    {
        _directory = directory;
        _path = path;
    }

    /// <exception cref="LinuxException">The directory could not be opened.</exception>
    public static DirectoryReader Open(string path)
    {
        int errno = TryOpen(path, out DirectoryReader? reader);
        return errno == 0 ? reader! : throw new LinuxException(errno, "opendir", path); // set whenever there is no error
    }

    /// <returns>0, or the error number.</returns>
    public static int TryOpen(string path, out DirectoryReader? reader)
    {
        DirectoryHandle handle = OpendirNative(path);
        if (handle.IsInvalid)
        {
            reader = null;
            int errno = Marshal.GetLastPInvokeError();
            handle.Dispose();
            return errno;
        }

        reader = new DirectoryReader(handle, path);
        return 0;
    }

    /// <returns>The next name, or null at the end.</returns>
    /// <exception cref="LinuxException">readdir failed.</exception>
    public unsafe string? Next()
    {
        while (true)
        {
            Marshal.SetLastSystemError(0);
            byte* entry = ReaddirNative(_directory);
            if (entry == null)
            {
                int errno = Marshal.GetLastPInvokeError();
                return errno == 0 ? null : throw new LinuxException(errno, "readdir", _path);
            }

            // struct dirent of 64-bit Linux: inode 8, offset 8, length 2, type 1, name.
            byte* name = entry + 19;
            if (name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0)))
            {
                continue;
            }

            return NativeText.FromPointer(name);
        }
    }

    public void Dispose() => _directory.Dispose();

    [LibraryImport("libc", EntryPoint = "opendir", SetLastError = true)]
    private static partial DirectoryHandle OpendirNative([MarshalUsing(typeof(ByteStringMarshaller))] string path);

    [LibraryImport("libc", EntryPoint = "readdir", SetLastError = true)]
    private static unsafe partial byte* ReaddirNative(DirectoryHandle directory);

    [LibraryImport("libc", EntryPoint = "closedir")]
    private static partial int ClosedirNative(nint directory);

    internal sealed class DirectoryHandle : SafeHandleZeroOrMinusOneIsInvalid
    {
        public DirectoryHandle()
            : base(ownsHandle: true)
        {
        }

        protected override bool ReleaseHandle() => ClosedirNative(handle) == 0;
    }
}

public static partial class Posix
{
    /// <summary>All names in a directory, in the file system's order. For directories known to be small.</summary>
    /// <exception cref="LinuxException">The directory could not be read.</exception>
    public static List<string> ListDirectory(string path)
    {
        using DirectoryReader reader = DirectoryReader.Open(path);
        var names = new List<string>();
        while (reader.Next() is { } name)
        {
            names.Add(name);
        }

        return names;
    }
}
