using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

/// <summary>One line of the password file.</summary>
public sealed record Account(string Name, uint UserId, uint GroupId, string Gecos, string Home, string Shell)
{
    /// <summary>The password field: <c>x</c> when it is kept elsewhere.</summary>
    public string Password { get; init; } = "x";
}

/// <summary>One line of the group file.</summary>
public sealed record GroupAccount(string Name, uint GroupId);

public static partial class Posix
{
    private const int ERANGE = 34;

    /// <returns>Null when there is no such user.</returns>
    /// <exception cref="LinuxException">The lookup failed, which says nothing about the user.</exception>
    public static unsafe Account? FindUser(string name) =>
        WithBuffer<Account>("getpwnam_r", name, static (key, buffer, length, errno) =>
        {
            NativeUser user;
            NativeUser* found;
            *errno = GetpwnamNative(key, &user, buffer, length, &found);
            return found == null ? null : ToAccount(found);
        });

    /// <returns>Null when there is no such user.</returns>
    /// <exception cref="LinuxException">The lookup failed, which says nothing about the user.</exception>
    public static unsafe Account? FindUser(uint id) =>
        WithBuffer<Account>("getpwuid_r", id.ToString(), static (key, buffer, length, errno) =>
        {
            NativeUser user;
            NativeUser* found;
            *errno = GetpwuidNative(uint.Parse(key), &user, buffer, length, &found);
            return found == null ? null : ToAccount(found);
        });

    /// <returns>Null when there is no such group.</returns>
    /// <exception cref="LinuxException">The lookup failed.</exception>
    public static unsafe GroupAccount? FindGroup(string name) =>
        WithBuffer<GroupAccount>("getgrnam_r", name, static (key, buffer, length, errno) =>
        {
            NativeGroup group;
            NativeGroup* found;
            *errno = GetgrnamNative(key, &group, buffer, length, &found);
            return found == null ? null : ToAccount(found);
        });

    /// <summary>Looks an account up by name through the system's name services.</summary>
    /// <returns>0 with a null account when there is none, 0 with the account, or the error number.</returns>
    public static int TryGetAccount(string name, out Account? account)
    {
        try
        {
            account = FindUser(name);
            return 0;
        }
        catch (LinuxException failure)
        {
            account = null;
            return failure.Errno;
        }
    }

    /// <summary>Looks an account up by number.</summary>
    /// <returns>0 with a null account when there is none, 0 with the account, or the error number.</returns>
    public static int TryGetAccount(uint user, out Account? account)
    {
        try
        {
            account = FindUser(user);
            return 0;
        }
        catch (LinuxException failure)
        {
            account = null;
            return failure.Errno;
        }
    }

    /// <summary>All groups an account is a member of, <paramref name="group"/> included.</summary>
    /// <exception cref="LinuxException">More than 65536 groups.</exception>
    public static unsafe uint[] GroupList(string user, uint group)
    {
        for (int size = 64; size <= 65536; size *= 4)
        {
            uint[] groups = new uint[size];
            int count = size;
            fixed (uint* pointer = groups)
            {
                if (GetgrouplistNative(user, group, pointer, &count) >= 0)
                {
                    return groups[..count];
                }
            }
        }

        throw new LinuxException(ERANGE, "getgrouplist", user);
    }

    private unsafe delegate T? Lookup<T>(string key, byte* buffer, nuint length, int* errno);

    private static unsafe T? WithBuffer<T>(string call, string key, Lookup<T> lookup)
        where T : class
    {
        for (int size = 4096; ; size *= 4)
        {
            byte[] buffer = new byte[size];
            int errno;
            T? found;
            fixed (byte* pointer = buffer)
            {
                found = lookup(key, pointer, (nuint)size, &errno);
            }

            if (found is not null)
            {
                return found;
            }

            switch (errno)
            {
                // Both numbers are in use for "no such entry" (getpwnam(3), ERRORS).
                case 0 or Errno.ENOENT or Errno.ESRCH:
                    return null;
                case ERANGE when size < 1 << 20:
                case Errno.EINTR:
                    continue;
                default:
                    throw new LinuxException(errno, call, key);
            }
        }
    }

    private static unsafe Account ToAccount(NativeUser* user) =>
        new(NativeText.FromPointer(user->Name), user->UserId, user->GroupId, NativeText.FromPointer(user->FullName), NativeText.FromPointer(user->Directory), NativeText.FromPointer(user->Shell))
        {
            Password = NativeText.FromPointer(user->Password),
        };

    private static unsafe GroupAccount ToAccount(NativeGroup* group) => new(NativeText.FromPointer(group->Name), group->GroupId);

    [LibraryImport("libc", EntryPoint = "getpwnam_r")]
    private static unsafe partial int GetpwnamNative([MarshalUsing(typeof(ByteStringMarshaller))] string name, NativeUser* user, byte* buffer, nuint length, NativeUser** found);

    [LibraryImport("libc", EntryPoint = "getpwuid_r")]
    private static unsafe partial int GetpwuidNative(uint id, NativeUser* user, byte* buffer, nuint length, NativeUser** found);

    [LibraryImport("libc", EntryPoint = "getgrnam_r")]
    private static unsafe partial int GetgrnamNative([MarshalUsing(typeof(ByteStringMarshaller))] string name, NativeGroup* group, byte* buffer, nuint length, NativeGroup** found);

    [LibraryImport("libc", EntryPoint = "getgrouplist")]
    private static unsafe partial int GetgrouplistNative([MarshalUsing(typeof(ByteStringMarshaller))] string user, uint group, uint* groups, int* count);

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct NativeUser
    {
        public byte* Name;
        public byte* Password;
        public uint UserId;
        public uint GroupId;
        public byte* FullName;
        public byte* Directory;
        public byte* Shell;
    }

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct NativeGroup
    {
        public byte* Name;
        public byte* Password;
        public uint GroupId;
        public byte** Members;
    }
}
