using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

/// <summary>One line of the password database; strings are byte strings.</summary>
public sealed record Account(string Name, uint UserId, uint GroupId, string Gecos, string Home, string Shell);

/// <summary>
/// Who this process is. The C library changes all threads at once (nptl(7)); every change is read back by
/// <see cref="Posix.BecomeForever"/>, and a failure leaves no choice but to exit.
/// </summary>
public static partial class Posix
{
    public static uint EffectiveUser => GetEffectiveUserNative();

    public static uint EffectiveGroup => GetEffectiveGroupNative();

    public static uint RealUser => GetUserNative();

    public static uint RealGroup => GetGroupNative();

    /// <summary>Looks an account up by name through the system's name services.</summary>
    /// <returns>0 with a null account when there is none, 0 with the account, or the error number.</returns>
    public static unsafe int TryGetAccount(string name, out Account? account)
    {
        account = null;
        int size = 1024;
        while (true)
        {
            byte[] buffer = new byte[size];
            PasswordEntry entry;
            PasswordEntry* found;
            int errno;
            fixed (byte* pointer = buffer)
            {
                errno = GetPasswordByNameNative(name, &entry, pointer, (nuint)size, &found);
                if (errno == 0)
                {
                    account = found == null ? null : ToAccount(entry);
                    return 0;
                }
            }

            const int tooSmall = 34;
            if (errno != tooSmall || size > 1 << 20)
            {
                // Some name services say so when they know no such name (getpwnam(3)).
                return errno is Errno.ENOENT or Errno.ESRCH or Errno.EBADF or Errno.EPERM ? 0 : errno;
            }

            size *= 4;
        }
    }

    /// <summary>Looks an account up by number.</summary>
    /// <returns>0 with a null account when there is none, 0 with the account, or the error number.</returns>
    public static unsafe int TryGetAccount(uint user, out Account? account)
    {
        account = null;
        int size = 1024;
        while (true)
        {
            byte[] buffer = new byte[size];
            PasswordEntry entry;
            PasswordEntry* found;
            int errno;
            fixed (byte* pointer = buffer)
            {
                errno = GetPasswordByUserNative(user, &entry, pointer, (nuint)size, &found);
                if (errno == 0)
                {
                    account = found == null ? null : ToAccount(entry);
                    return 0;
                }
            }

            const int tooSmall = 34;
            if (errno != tooSmall || size > 1 << 20)
            {
                return errno is Errno.ENOENT or Errno.ESRCH or Errno.EBADF or Errno.EPERM ? 0 : errno;
            }

            size *= 4;
        }
    }

    /// <summary>Sets real, effective and saved group, and the supplementary groups of <paramref name="name"/>.</summary>
    /// <exception cref="LinuxException">The system refused.</exception>
    public static void BecomeGroups(string name, uint group)
    {
        if (SetGroupsOfGroupNative(group, group, group) != 0)
        {
            throw new LinuxException(Errno.Last, "setresgid");
        }

        if (InitGroupsNative(name, group) != 0)
        {
            throw new LinuxException(Errno.Last, "initgroups");
        }
    }

    /// <summary>Sets real, effective and saved user and reads them back; there is no way back.</summary>
    /// <exception cref="LinuxException">The system refused.</exception>
    public static unsafe void BecomeForever(uint user)
    {
        if (SetUsersNative(user, user, user) != 0)
        {
            throw new LinuxException(Errno.Last, "setresuid");
        }

        uint real, effective, saved;
        if (GetUsersNative(&real, &effective, &saved) != 0 || real != user || effective != user || saved != user)
        {
            throw new LinuxException(Errno.EPERM, "setresuid");
        }
    }

    /// <summary>Makes a directory the root of this process and its working directory.</summary>
    /// <exception cref="LinuxException">chroot or chdir failed.</exception>
    public static void Chroot(string path)
    {
        if (ChrootNative(path) != 0)
        {
            throw new LinuxException(Errno.Last, "chroot", path);
        }

        Chdir("/");
    }

    /// <exception cref="LinuxException">chdir failed.</exception>
    public static void Chdir(string path)
    {
        if (ChdirNative(path) != 0)
        {
            throw new LinuxException(Errno.Last, "chdir", path);
        }
    }

    /// <summary>Sets the mask of mode bits that new files do not get.</summary>
    public static int Umask(int mask) => (int)UmaskNative((uint)mask);

    private static unsafe Account ToAccount(in PasswordEntry entry) => new(
        ToByteString(entry.Name),
        entry.User,
        entry.Group,
        ToByteString(entry.Gecos),
        ToByteString(entry.Directory),
        ToByteString(entry.Shell));

    private static unsafe string ToByteString(byte* text) => text == null
        ? ""
        : System.Text.Encoding.Latin1.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserNative();

    [LibraryImport("libc", EntryPoint = "getegid")]
    private static partial uint GetEffectiveGroupNative();

    [LibraryImport("libc", EntryPoint = "getuid")]
    private static partial uint GetUserNative();

    [LibraryImport("libc", EntryPoint = "getgid")]
    private static partial uint GetGroupNative();

    [LibraryImport("libc", EntryPoint = "getpwnam_r")]
    private static unsafe partial int GetPasswordByNameNative([MarshalUsing(typeof(ByteStringMarshaller))] string name, PasswordEntry* entry, byte* buffer, nuint size, PasswordEntry** found);

    [LibraryImport("libc", EntryPoint = "getpwuid_r")]
    private static unsafe partial int GetPasswordByUserNative(uint user, PasswordEntry* entry, byte* buffer, nuint size, PasswordEntry** found);

    [LibraryImport("libc", EntryPoint = "setresgid", SetLastError = true)]
    private static partial int SetGroupsOfGroupNative(uint real, uint effective, uint saved);

    [LibraryImport("libc", EntryPoint = "setresuid", SetLastError = true)]
    private static partial int SetUsersNative(uint real, uint effective, uint saved);

    [LibraryImport("libc", EntryPoint = "getresuid", SetLastError = true)]
    private static unsafe partial int GetUsersNative(uint* real, uint* effective, uint* saved);

    [LibraryImport("libc", EntryPoint = "initgroups", SetLastError = true)]
    private static partial int InitGroupsNative([MarshalUsing(typeof(ByteStringMarshaller))] string name, uint group);

    [LibraryImport("libc", EntryPoint = "chroot", SetLastError = true)]
    private static partial int ChrootNative([MarshalUsing(typeof(ByteStringMarshaller))] string path);

    [LibraryImport("libc", EntryPoint = "chdir", SetLastError = true)]
    private static partial int ChdirNative([MarshalUsing(typeof(ByteStringMarshaller))] string path);

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint UmaskNative(uint mask);

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct PasswordEntry
    {
        public byte* Name;
        public byte* Password;
        public uint User;
        public uint Group;
        public byte* Gecos;
        public byte* Directory;
        public byte* Shell;
    }
}
