using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>Rights to a file hierarchy, or to a file (linux/landlock.h).</summary>
[Flags]
public enum FileRights : ulong
{
    None = 0,
    Execute = 1 << 0,
    WriteFile = 1 << 1,
    ReadFile = 1 << 2,
    ReadDirectory = 1 << 3,
    RemoveDirectory = 1 << 4,
    RemoveFile = 1 << 5,
    MakeCharacterDevice = 1 << 6,
    MakeDirectory = 1 << 7,
    MakeFile = 1 << 8,
    MakeSocket = 1 << 9,
    MakeFifo = 1 << 10,
    MakeBlockDevice = 1 << 11,
    MakeLink = 1 << 12,

    /// <summary>Link and rename from one directory to another, both having this right.</summary>
    Refer = 1 << 13,
    Truncate = 1 << 14,
    ControlDevice = 1 << 15,

    Read = ReadFile | ReadDirectory,
    Write = WriteFile | RemoveDirectory | RemoveFile | MakeDirectory | MakeFile | MakeSocket | MakeFifo | MakeLink | Refer | Truncate,
    All = (1 << 16) - 1,
}

/// <summary>
/// Landlock rules (landlock(7)): what a thread, and every program it starts from then on, may do beyond what it has
/// already open. Rules only ever take away, whatever the user. A rule for a directory holds for all below it and names
/// the directory itself, not its path: it holds after a change of root too, and a file put in another's place belongs to
/// the directory, where a rule for the file alone would end with the old one.
/// </summary>
public sealed partial class Landlock : IDisposable
{
    /// <summary>The first version with renames between directories, without which no queue works.</summary>
    public const int FirstVersion = 2;

    private const int CreateRulesetCall = 444;
    private const int AddRuleCall = 445;
    private const int RestrictSelfCall = 446;
    private const int PathRule = 1;
    private const int PortRule = 2;
    private const FileRights OfFiles = FileRights.Execute | FileRights.WriteFile | FileRights.ReadFile | FileRights.Truncate | FileRights.ControlDevice;
    private const ulong BindRight = 1;
    private const ulong ConnectRight = 2;
    private const ulong AbstractSockets = 1;
    private const ulong Signals = 2;

    private readonly FileHandle _rules;
    private readonly FileRights _handled;
    private readonly bool _judgesPorts;

    private Landlock(FileHandle rules, FileRights handled, bool judgesPorts)
    {
        _rules = rules;
        _handled = handled;
        _judgesPorts = judgesPorts;
    }

    /// <summary>The version that the kernel offers; 0: none, or switched off at boot.</summary>
    public static unsafe int Version { get; } = (int)Math.Max(0, SystemCall(CreateRulesetCall, 0, 0, 1, 0));

    /// <summary>Begins a set of rules under which no file can be opened, made or removed, and nobody outside be signalled.</summary>
    /// <param name="judgesPorts">TCP ports need rules too (version 4).</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static unsafe Landlock Create(bool judgesPorts)
    {
        FileRights handled = FileRights.All;
        if (Version < 5)
        {
            handled &= ~FileRights.ControlDevice;
        }

        if (Version < 3)
        {
            handled &= ~FileRights.Truncate;
        }

        judgesPorts = judgesPorts && Version >= 4;
        ulong* attributes = stackalloc ulong[3];
        attributes[0] = (ulong)handled;
        attributes[1] = judgesPorts ? BindRight | ConnectRight : 0;
        attributes[2] = Version >= 6 ? AbstractSockets | Signals : 0;
        nint size = Version >= 6 ? 24 : Version >= 4 ? 16 : 8;
        nint descriptor = SystemCall(CreateRulesetCall, (nint)attributes, size, 0, 0);
        return descriptor >= 0
            ? new Landlock(new FileHandle((int)descriptor), handled, judgesPorts)
            : throw new LinuxException(Errno.Last, "landlock_create_ruleset");
    }

    /// <summary>Grants rights to a file, or to a directory and all below it.</summary>
    /// <returns>False when there is no such file.</returns>
    /// <exception cref="LinuxException">The file cannot be reached, or the kernel refused.</exception>
    public unsafe bool TryAllow(string path, FileRights rights)
    {
        int errno = Posix.TryOpenPath(path, out FileHandle file);
        using (file)
        {
            if (errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
            {
                return false;
            }

            if (errno != 0)
            {
                throw new LinuxException(errno, "open", path);
            }

            rights &= Posix.Fstat(file).IsDirectory ? _handled : _handled & OfFiles;
            if (rights == FileRights.None)
            {
                return true;
            }

            // struct landlock_path_beneath_attr is packed: 12 bytes.
            byte* attributes = stackalloc byte[12];
            *(ulong*)attributes = (ulong)rights;
            *(int*)(attributes + 8) = file.Descriptor;
            if (SystemCall(AddRuleCall, _rules.Descriptor, PathRule, (nint)attributes, 0) != 0)
            {
                throw new LinuxException(Errno.Last, "landlock_add_rule", path);
            }

            return true;
        }
    }

    /// <summary>Grants connections to a TCP port.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void AllowConnect(int port) => AllowPort(port, ConnectRight);

    /// <summary>
    /// Puts the calling thread, and what it will start, under the rules for good. Needs root's rights (CAP_SYS_ADMIN), or
    /// that no program it starts gains any (<see cref="Seccomp.GiveUpNewPrivileges"/>).
    /// </summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void RestrictThisThread()
    {
        // From version 7: what is refused to the program about to be started is told to the kernel's audit log.
        const int logNewProgram = 2;
        if (SystemCall(RestrictSelfCall, _rules.Descriptor, Version >= 7 ? logNewProgram : 0, 0, 0) != 0)
        {
            throw new LinuxException(Errno.Last, "landlock_restrict_self");
        }
    }

    public void Dispose() => _rules.Dispose();

    private unsafe void AllowPort(int port, ulong right)
    {
        if (!_judgesPorts)
        {
            return;
        }

        ulong* attributes = stackalloc ulong[2];
        attributes[0] = right;
        attributes[1] = (ulong)port;
        if (SystemCall(AddRuleCall, _rules.Descriptor, PortRule, (nint)attributes, 0) != 0)
        {
            throw new LinuxException(Errno.Last, "landlock_add_rule");
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth);
}

public static partial class Posix
{
    /// <summary>A descriptor that stands for a file without opening it: for rules and questions only.</summary>
    /// <returns>0, or the error number.</returns>
    public static int TryOpenPath(string path, out FileHandle file)
    {
        int descriptor = OpenNative(path, 0x200000 | CloseOnExec, 0);
        file = descriptor >= 0 ? new FileHandle(descriptor) : new FileHandle();
        return descriptor >= 0 ? 0 : Errno.Last;
    }
}
