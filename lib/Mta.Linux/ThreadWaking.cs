using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>
/// Whether a thread of this process that is woken may interrupt the one that runs (SCHED_OTHER), or waits for its turn
/// (SCHED_BATCH, sched(7)). Under load the second is better for all: whoever runs gets on, work gathers, and less time goes
/// into changing over. Where something else needs the processors a turn takes some milliseconds, so it is not for a thread
/// that one client alone waits for.
/// </summary>
public static partial class ThreadWaking
{
    private const int Other = 0;
    private const int Batch = 3;

    // An administrator who chose another policy for this process shall have it.
    private static readonly bool IsOurs = GetPolicy(0) == Other;

    private static volatile bool s_isPatient;
    private static volatile bool s_hasChanged;

    [ThreadStatic]
    private static bool t_isPatient;

    /// <summary>What threads that follow shall do from now on.</summary>
    public static bool IsPatient
    {
        get => s_isPatient;
        set => s_isPatient = value && IsOurs;
    }

    /// <summary>Some thread was changed, and those that it started are as it was: a program that is started must not be.</summary>
    internal static bool HasChanged => s_hasChanged;

    /// <summary>The current thread does so from now on, and in a program compiled ahead of time those that it starts. Costs nothing when they do already.</summary>
    public static void Follow()
    {
        bool isPatient = s_isPatient;
        if (t_isPatient != isPatient)
        {
            t_isPatient = isPatient;
            int priority = 0;
            if (SetPolicy(0, isPatient ? Batch : Other, in priority) == 0)
            {
                s_hasChanged = true;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "sched_getscheduler")]
    private static partial int GetPolicy(int thread);

    [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
    private static partial int SetPolicy(int thread, int policy, in int priority);
}
