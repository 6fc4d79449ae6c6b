using Microsoft.Win32.SafeHandles;

namespace Mta.Linux.Tests;

public sealed class ThreadWakingTests : IDisposable
{
    private const string Other = "0";
    private const string Batch = "3";

    public void Dispose()
    {
        ThreadWaking.IsPatient = false;
        ThreadWaking.Leave();
    }

    [Fact]
    public void A_thread_follows_in_both_directions()
    {
        List<string> seen = [];
        OnThread(() =>
        {
            seen.Add(Policy());
            ThreadWaking.IsPatient = true;
            ThreadWaking.Follow();
            seen.Add(Policy());
            ThreadWaking.IsPatient = false;
            ThreadWaking.Follow();
            seen.Add(Policy());
        });
        Assert.Equal([Other, Batch, Other], seen);
    }

    [Fact]
    public void Turns_are_short_for_those_who_are_waited_for_and_usual_for_the_patient()
    {
        List<string> seen = [];
        OnThread(() =>
        {
            seen.Add(Turn());
            ThreadWaking.Follow();
            seen.Add(Turn());
            ThreadWaking.IsPatient = true;
            ThreadWaking.Follow();
            seen.Add(Turn());
        });
        if (seen[0].Length == 0 || Environment.OSVersion.Version < new Version(6, 12))
        {
            return; // a kernel that shows no turns, or heeds no wishes
        }

        Assert.Equal([seen[0], "300000", seen[0]], seen);
    }

    [Fact]
    public void A_program_that_such_a_thread_starts_is_woken_as_ever()
    {
        string policy = "";
        OnThread(() =>
        {
            ThreadWaking.IsPatient = true;
            ThreadWaking.Follow();
            policy = PolicyOfChild();
        });
        Assert.Equal(Other, policy);
    }

    private static void OnThread(Action action)
    {
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                action();
            }
            catch (Exception error)
            {
                failure = error;
            }
        });
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }

    private static string PolicyOfChild()
    {
        int child;
        (FileHandle read, FileHandle write) = Posix.Pipe();
        using FileStream output = new(new SafeFileHandle(read.Release(), ownsHandle: true), FileAccess.Read);
        using (write)
        {
            child = Posix.Spawn(new SpawnRequest { Path = "/bin/cat", Arguments = ["cat", "/proc/self/stat"], Environment = [], Descriptors = [(1, write)] });
        }

        using StreamReader reader = new(output);
        string status = reader.ReadToEnd();
        Assert.True(Posix.TryWait(child, wait: true, out _));
        return PolicyIn(status);
    }

    private static string Turn() =>
        File.Exists("/proc/thread-self/sched")
            ? File.ReadLines("/proc/thread-self/sched").FirstOrDefault(line => line.StartsWith("se.slice", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? ""
            : "";

    private static string Policy() => PolicyIn(File.ReadAllText("/proc/thread-self/stat"));

    // Field 41 of proc(5), counted behind the name, which may hold anything.
    private static string PolicyIn(string status) =>
        status[(status.LastIndexOf(')') + 2)..].Split(' ')[38];
}
