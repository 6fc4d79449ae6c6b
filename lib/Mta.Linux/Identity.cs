using System.Runtime.InteropServices;

namespace Mta.Linux;

// libc's calls change every thread of the process (nptl(7)); each change is read back, since a call that says yes and
// does nothing would leave a process with rights it believes to have given up.
public static partial class Posix
{
    private const uint Keep = uint.MaxValue;

    public static uint RealUser => GetuidNative();

    public static uint EffectiveUser => GeteuidNative();

    public static uint RealGroup => GetgidNative();

    public static uint EffectiveGroup => GetegidNative();

    /// <exception cref="LinuxException">setgroups failed.</exception>
    public static unsafe void SetGroups(ReadOnlySpan<uint> groups)
    {
        fixed (uint* pointer = groups)
        {
            if (SetgroupsNative((nuint)groups.Length, pointer) != 0)
            {
                throw new LinuxException(Errno.Last, "setgroups");
            }
        }

        uint[] now = SupplementaryGroups();
        foreach (uint group in groups)
        {
            if (Array.IndexOf(now, group) < 0)
            {
                throw new LinuxException(Errno.EPERM, "setgroups");
            }
        }

        foreach (uint group in now)
        {
            if (groups.IndexOf(group) < 0)
            {
                throw new LinuxException(Errno.EPERM, "setgroups");
            }
        }
    }

    /// <exception cref="LinuxException">getgroups failed.</exception>
    public static unsafe uint[] SupplementaryGroups()
    {
        int count = GetgroupsNative(0, null);
        uint[] groups = new uint[Math.Max(count, 0)];
        fixed (uint* pointer = groups)
        {
            return count >= 0 && GetgroupsNative(count, pointer) >= 0 ? groups : throw new LinuxException(Errno.Last, "getgroups");
        }
    }

    /// <summary>Supplementary groups of an account, as its login would have them (initgroups).</summary>
    /// <exception cref="LinuxException">The groups could not be looked up or set.</exception>
    public static void InitGroups(string user, uint group) => SetGroups(GroupList(user, group));

    /// <summary>Sets real, effective and saved group, and the supplementary groups of <paramref name="name"/>.</summary>
    /// <exception cref="LinuxException">The system refused.</exception>
    public static void BecomeGroups(string name, uint group)
    {
        SetGroupForGood(group);
        InitGroups(name, group);
    }

    /// <summary>Real, effective and saved group, for good.</summary>
    /// <exception cref="LinuxException">setresgid failed.</exception>
    public static void SetGroupForGood(uint group)
    {
        if (SetresgidNative(group, group, group) != 0)
        {
            throw new LinuxException(Errno.Last, "setresgid");
        }

        CheckGroup(group, group, group);
    }

    /// <summary>Real, effective and saved user, for good.</summary>
    /// <exception cref="LinuxException">setresuid failed.</exception>
    public static void BecomeForever(uint user)
    {
        if (SetresuidNative(user, user, user) != 0)
        {
            throw new LinuxException(Errno.Last, "setresuid");
        }

        CheckUser(user, user, user);
    }

    /// <summary>Effective user alone; the real and saved ones stay, so the way back is open.</summary>
    /// <exception cref="LinuxException">setresuid failed.</exception>
    public static void SetEffectiveUser(uint user)
    {
        if (SetresuidNative(Keep, user, Keep) != 0)
        {
            throw new LinuxException(Errno.Last, "seteuid");
        }

        CheckUser(null, user, null);
    }

    /// <summary>Effective group alone.</summary>
    /// <exception cref="LinuxException">setresgid failed.</exception>
    public static void SetEffectiveGroup(uint group)
    {
        if (SetresgidNative(Keep, group, Keep) != 0)
        {
            throw new LinuxException(Errno.Last, "setegid");
        }

        CheckGroup(null, group, null);
    }

    /// <summary>
    /// Takes a user's effective identity for a while: groups, then group, then user. The process must be root or
    /// already have that very identity.
    /// </summary>
    /// <exception cref="LinuxException">A call failed; the identity is then undefined and the process should end.</exception>
    public static void BecomeEffective(uint user, uint group, ReadOnlySpan<uint> groups)
    {
        if (EffectiveUser == user && EffectiveGroup == group && user != 0 && RealUser == user)
        {
            return;
        }

        // Only root may change groups, so whoever was taken before is first given back.
        if (EffectiveUser != 0)
        {
            SetEffectiveUser(0);
        }

        SetEffectiveGroup(group);
        SetGroups(groups);
        if (user != 0)
        {
            SetEffectiveUser(user);
        }
    }

    /// <summary>Takes a user's identity for good: groups, then group, then user.</summary>
    /// <exception cref="LinuxException">A call failed; the process must end.</exception>
    public static void BecomeForGood(uint user, uint group, ReadOnlySpan<uint> groups)
    {
        if (EffectiveUser != 0)
        {
            SetEffectiveUser(0);
        }

        SetGroups(groups);
        SetGroupForGood(group);
        BecomeForever(user);
    }

    private static unsafe void CheckUser(uint? real, uint effective, uint? saved)
    {
        uint* now = stackalloc uint[3];
        if (GetresuidNative(now, now + 1, now + 2) != 0 || now[1] != effective || now[0] != (real ?? now[0]) || now[2] != (saved ?? now[2]))
        {
            throw new LinuxException(Errno.EPERM, "setresuid");
        }
    }

    private static unsafe void CheckGroup(uint? real, uint effective, uint? saved)
    {
        uint* now = stackalloc uint[3];
        if (GetresgidNative(now, now + 1, now + 2) != 0 || now[1] != effective || now[0] != (real ?? now[0]) || now[2] != (saved ?? now[2]))
        {
            throw new LinuxException(Errno.EPERM, "setresgid");
        }
    }

    [LibraryImport("libc", EntryPoint = "getuid")]
    private static partial uint GetuidNative();

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GeteuidNative();

    [LibraryImport("libc", EntryPoint = "getgid")]
    private static partial uint GetgidNative();

    [LibraryImport("libc", EntryPoint = "getegid")]
    private static partial uint GetegidNative();

    [LibraryImport("libc", EntryPoint = "setgroups", SetLastError = true)]
    private static unsafe partial int SetgroupsNative(nuint count, uint* groups);

    [LibraryImport("libc", EntryPoint = "getgroups", SetLastError = true)]
    private static unsafe partial int GetgroupsNative(int count, uint* groups);

    [LibraryImport("libc", EntryPoint = "setresgid", SetLastError = true)]
    private static partial int SetresgidNative(uint real, uint effective, uint saved);

    [LibraryImport("libc", EntryPoint = "setresuid", SetLastError = true)]
    private static partial int SetresuidNative(uint real, uint effective, uint saved);

    [LibraryImport("libc", EntryPoint = "getresuid")]
    private static unsafe partial int GetresuidNative(uint* real, uint* effective, uint* saved);

    [LibraryImport("libc", EntryPoint = "getresgid")]
    private static unsafe partial int GetresgidNative(uint* real, uint* effective, uint* saved);
}
