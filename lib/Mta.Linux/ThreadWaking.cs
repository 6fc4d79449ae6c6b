using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>
/// What happens when a thread of this process is woken (sched(7)). Prompt: it soon has a processor, as its turns are short
/// (<c>sched_runtime</c> of SCHED_OTHER, which Linux heeds since 6.12): for threads that a few clients wait for. Patient: it
/// does not interrupt the one that runs (SCHED_BATCH). Under load that is better for all: whoever runs gets on, work gathers,
/// and less time goes into changing over. Where something else needs the processors a turn takes some milliseconds, so it is
/// not for a thread that one client alone waits for.
/// </summary>
public static partial class ThreadWaking
{
    private const int SetAttributesOnX64 = 314;
    private const int GetAttributesOnX64 = 315;
    private const int SetAttributesOnArm64 = 274;
    private const int GetAttributesOnArm64 = 275;
    private const uint Other = 0;
    private const uint Batch = 3;
    private const ulong ShortTurn = 300_000;
    private const ulong UsualTurn = 0;

    private static readonly bool IsX64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    // An administrator who chose another policy for this process shall have it.
    private static readonly bool IsOurs = TryGet(out Attributes attributes) && attributes.Policy == Other;

    private static volatile bool s_isPatient;
    private static volatile bool s_isFollowed;

    [ThreadStatic]
    private static bool? t_isPatient;

    /// <summary>What threads that follow shall be from now on.</summary>
    public static bool IsPatient
    {
        get => s_isPatient;
        set => s_isPatient = value && IsOurs;
    }

    /// <summary>The current thread is so from now on, and in a program compiled ahead of time those that it starts. Costs nothing when it is already.</summary>
    public static void Follow()
    {
        bool isPatient = s_isPatient;
        if (t_isPatient != isPatient)
        {
            t_isPatient = isPatient;
            s_isFollowed = true;
            Change(isPatient ? Batch : Other, isPatient ? UsualTurn : ShortTurn);
        }
    }

    /// <summary>The current thread is as any other program's until it follows again: for the moment in which it starts one.</summary>
    internal static void Leave()
    {
        if (s_isFollowed)
        {
            t_isPatient = null;
            Change(Other, UsualTurn);
        }
    }

    private static void Change(uint policy, ulong turn)
    {
        if (IsOurs && TryGet(out Attributes attributes))
        {
            attributes.Policy = policy;
            attributes.Turn = turn;
            Set(IsX64 ? SetAttributesOnX64 : SetAttributesOnArm64, 0, in attributes, 0);
        }
    }

    private static unsafe bool TryGet(out Attributes attributes) =>
        Get(IsX64 ? GetAttributesOnX64 : GetAttributesOnArm64, 0, out attributes, (nuint)sizeof(Attributes), 0) == 0;

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint Get(nint number, nint thread, out Attributes attributes, nuint size, nuint flags);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint Set(nint number, nint thread, in Attributes attributes, nuint flags);

    // struct sched_attr of sched_setattr(2), as it was first; times in nanoseconds.
    [StructLayout(LayoutKind.Sequential)]
    private struct Attributes
    {
        public uint Size;
        public uint Policy;
        public ulong Flags;
        public int Nice;
        public uint Priority;
        public ulong Turn;
        public ulong Deadline;
        public ulong Period;
    }
}
