using System.Collections.Concurrent;

namespace Mta.Differential;

/// <summary>What both sides did with a case. Postfix is null where there is no such thing in Postfix.</summary>
internal sealed record Comparison(DifferentialCase Case, string? Postfix, string Ours);

/// <summary>
/// Runs all cases at once, as most wait more than they work (a fatal error takes a second), and keeps the outcomes for
/// the tests that ask for them one by one. <c>MTA_CASES_OUT</c> names a directory that gets the outcomes as files.
/// </summary>
internal static class Comparisons
{
    private const int AtOnce = 8;

    private static readonly Lazy<ConcurrentDictionary<string, Lazy<Task<Comparison>>>> All = new(Start);

    public static Comparison Of(DifferentialCase made) => All.Value[made.ToString()].Value.GetAwaiter().GetResult();

    private static ConcurrentDictionary<string, Lazy<Task<Comparison>>> Start()
    {
        ThreadPool.SetMinThreads(4 * AtOnce, 4 * AtOnce);
        var all = new ConcurrentDictionary<string, Lazy<Task<Comparison>>>();
        var room = new SemaphoreSlim(AtOnce);
        foreach (DifferentialCase made in Repository.AllCases)
        {
            all[made.ToString()] = new Lazy<Task<Comparison>>(() => RunAsync(made, room));
        }

        // In order, so that the first that is asked for comes first.
        _ = Task.Run(async () =>
        {
            foreach (DifferentialCase made in Repository.AllCases)
            {
                await room.WaitAsync();
                room.Release();
                _ = all[made.ToString()].Value.ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
            }
        });
        return all;
    }

    private static async Task<Comparison> RunAsync(DifferentialCase made, SemaphoreSlim room)
    {
        await room.WaitAsync();
        try
        {
            // A thread of its own: it waits for programs, and the pool is for what reads their output.
            return await Task.Factory.StartNew(() => Compare(made), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            room.Release();
        }
    }

    private static Comparison Compare(DifferentialCase made)
    {
        string directory = CaseRun.NewDirectory();
        string? postfix = made.IsOursAlone || !Peers.HasPostfix ? null : CaseRun.Outcome(made, Side.Postfix, directory);
        string ours = CaseRun.Outcome(made, Side.Ours, directory);
        if (Environment.GetEnvironmentVariable("MTA_CASES_OUT") is { Length: > 0 } folder)
        {
            string file = Path.Combine(folder, made.ToString().Replace('/', '.').Replace(' ', '_'));
            Directory.CreateDirectory(folder);
            File.WriteAllText(file + ".postfix", postfix ?? "");
            File.WriteAllText(file + ".mta", ours);
        }

        return new Comparison(made, postfix, ours);
    }
}
