using Microsoft.Win32.SafeHandles;

namespace Mta.Linux.Tests;

public sealed class ThreadWakingTests : IDisposable
{
    private const string Other = "0";
    private const string Batch = "3";

    public void Dispose()
    {
        ThreadWaking.IsPatient = false;
        ThreadWaking.Follow();
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

    private static string Policy() => PolicyIn(File.ReadAllText("/proc/thread-self/stat"));

    // Field 41 of proc(5), counted behind the name, which may hold anything.
    private static string PolicyIn(string status) =>
        status[(status.LastIndexOf(')') + 2)..].Split(' ')[38];
}
