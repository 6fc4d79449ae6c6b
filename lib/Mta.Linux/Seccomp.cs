using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>
/// A filter on the system calls of this process (seccomp(2)): what is not on its list fails with EPERM; a call that is
/// newer than the list fails with ENOSYS, as in an older kernel, which is what the C library expects when it tries a new
/// call first. Nothing kills the process.
/// </summary>
public static partial class Seccomp
{
    private const int LoadNumber = 0;
    private const int LoadArchitecture = 4;
    private const int LoadFirstArgument = 16;
    private const int LoadSecondArgument = 24;
    private const uint Allow = 0x7FFF0000;
    private const uint Refuse = 0x00050000;
    private const uint X64 = 0xC000003E;
    private const uint Arm64 = 0xC00000B7;

    // ENOSYS.
    private const uint NoSuchCall = 38;

    // The last call that this list has an opinion on.
    private const uint LastKnown = 463;

    private const ushort LoadWord = 0x20;
    private const ushort Return = 0x06;
    private const ushort JumpIfEqual = 0x15;
    private const ushort JumpIfGreater = 0x25;
    private const ushort JumpIfGreaterOrEqual = 0x35;
    private const ushort JumpIfSet = 0x45;

    // CLONE_NEWNS, _NEWCGROUP, _NEWUTS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET and CLONE_PTRACE.
    private const uint NewNamespaces = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000 | 0x00002000;

    // AF_UNIX, AF_INET, AF_INET6.
    private static readonly uint[] Families = [1, 2, 10];

    // FIONREAD, FIONBIO, FIOCLEX, FIONCLEX, TCGETS, TIOCGWINSZ, SIOCOUTQ.
    private static readonly uint[] DeviceControls = [0x541B, 0x5421, 0x5451, 0x5450, 0x5401, 0x5413, 0x5411];

    // PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_GET_SECCOMP, PR_CAPBSET_READ, PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS, PR_SET_VMA.
    private static readonly uint[] ProcessControls = [3, 15, 16, 21, 23, 38, 39, 0x53564D41];

    // Calls judged by an argument: socket, clone, clone3, ioctl, prctl, kill, (tkill), tgkill.
    private static readonly uint[] JudgedX64 = [41, 56, 435, 16, 157, 62, 200, 234];
    private static readonly uint[] JudgedArm64 = [198, 220, 435, 29, 167, 129, 130, 131];

    /// <summary>Whether this processor's numbers are known here.</summary>
    public static bool IsSupported => RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>No program that this thread, or this thread's threads to come, starts gains rights by set-uid bits; for good.</summary>
    /// <exception cref="LinuxException">prctl failed.</exception>
    public static void GiveUpNewPrivileges()
    {
        if (PrctlNative(38, 1, 0, 0, 0) != 0)
        {
            throw new LinuxException(Errno.Last, "prctl");
        }
    }

    /// <summary>
    /// Puts all threads of this process under a filter for good. Needs CAP_SYS_ADMIN, or new privileges given up.
    /// </summary>
    /// <returns>0, or the error number (ENOSYS, EINVAL: a kernel without filters).</returns>
    /// <param name="reachesNetwork">Internet sockets may be made; else those of the file system only.</param>
    /// <param name="groups">The calls that stay.</param>
    public static unsafe int TryConfine(bool reachesNetwork, params ReadOnlySpan<SystemCallGroup> groups)
    {
        bool arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
        ulong[] program = Build(groups, arm, reachesNetwork, (uint)Posix.ProcessId());
        fixed (ulong* instructions = program)
        {
            // struct sock_fprog { unsigned short len; struct sock_filter *filter; }
            nint* description = stackalloc nint[2];
            *(ushort*)description = (ushort)program.Length;
            description[1] = (nint)instructions;

            // SECCOMP_SET_MODE_FILTER; all threads, and without slowing speculation down.
            const int allThreads = 1;
            const int keepSpeculation = 4;
            nint result = SystemCall(arm ? 277 : 317, 1, allThreads | keepSpeculation, (nint)description);
            return result == 0 ? 0 : result > 0 ? Errno.EAGAIN : Errno.Last;
        }
    }

    /// <summary>The filter as the kernel takes it: 8 bytes an instruction (struct sock_filter).</summary>
    internal static ulong[] Build(ReadOnlySpan<SystemCallGroup> groups, bool arm, bool reachesNetwork, uint process)
    {
        var program = new List<ulong>(512)
        {
            Instruction(LoadWord, LoadArchitecture),
            Instruction(JumpIfEqual, arm ? Arm64 : X64, 1, 0),
            Instruction(Return, Refuse | Errno.EPERM),
            Instruction(LoadWord, LoadNumber),
            Instruction(JumpIfGreater, LastKnown, 0, 1),
            Instruction(Return, Refuse | NoSuchCall),
        };
        uint[] judged = arm ? JudgedArm64 : JudgedX64;
        var numbers = new SortedSet<int>();
        bool mayStartPrograms = false;
        foreach (SystemCallGroup group in groups)
        {
            mayStartPrograms |= ReferenceEquals(group, SystemCallGroup.Programs);
            numbers.UnionWith(arm ? group.Arm64 : group.X64);
        }

        AllowArguments(program, judged[0], LoadFirstArgument, reachesNetwork ? Families : Families.AsSpan(0, 1));
        Judge(program, judged[1], [Instruction(LoadWord, LoadFirstArgument), Instruction(JumpIfSet, NewNamespaces, 0, 1), Instruction(Return, Refuse | Errno.EPERM), Instruction(Return, Allow)]);

        // Its arguments are in memory, where a filter cannot look: the C library falls back to clone.
        Judge(program, judged[2], [Instruction(Return, Refuse | NoSuchCall)]);
        AllowArguments(program, judged[3], LoadSecondArgument, DeviceControls);
        AllowArguments(program, judged[4], LoadFirstArgument, ProcessControls);
        if (mayStartPrograms)
        {
            // The filter is inherited, and a worker has another number than this process. Whom it reaches, its user and
            // the rules for signals say.
            numbers.UnionWith([(int)judged[5], (int)judged[7]]);
        }
        else
        {
            AllowArguments(program, judged[5], LoadFirstArgument, [process]);
            AllowArguments(program, judged[7], LoadFirstArgument, [process]);
        }

        int first = -1;
        int last = -1;
        foreach (int number in numbers)
        {
            if (number != last + 1 || first < 0)
            {
                AllowRange(program, first, last);
                first = number;
            }

            last = number;
        }

        AllowRange(program, first, last);
        program.Add(Instruction(Return, Refuse | Errno.EPERM));
        return [.. program];
    }

    private static void AllowRange(List<ulong> program, int first, int last)
    {
        if (first < 0)
        {
            return;
        }

        if (first == last)
        {
            program.Add(Instruction(JumpIfEqual, (uint)first, 0, 1));
        }
        else
        {
            program.Add(Instruction(JumpIfGreaterOrEqual, (uint)first, 0, 2));
            program.Add(Instruction(JumpIfGreater, (uint)last, 1, 0));
        }

        program.Add(Instruction(Return, Allow));
    }

    private static void AllowArguments(List<ulong> program, uint number, uint argument, ReadOnlySpan<uint> values)
    {
        var verdict = new List<ulong> { Instruction(LoadWord, argument) };
        foreach (uint value in values)
        {
            verdict.Add(Instruction(JumpIfEqual, value, 0, 1));
            verdict.Add(Instruction(Return, Allow));
        }

        verdict.Add(Instruction(Return, Refuse | Errno.EPERM));
        Judge(program, number, verdict);
    }

    private static void Judge(List<ulong> program, uint number, List<ulong> verdict)
    {
        program.Add(Instruction(JumpIfEqual, number, 0, (byte)verdict.Count));
        program.AddRange(verdict);
    }

    // struct sock_filter { u16 code; u8 jt; u8 jf; u32 k; }
    private static ulong Instruction(ushort code, uint value, byte whenTrue = 0, byte whenFalse = 0) =>
        code | ((ulong)whenTrue << 16) | ((ulong)whenFalse << 24) | ((ulong)value << 32);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int PrctlNative(int option, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third);
}
