using System.Diagnostics;

namespace Mta.EndToEnd;

/// <summary>Waiting on a condition, with a limit.</summary>
internal static class Wait
{
    public static void Until(Func<bool> condition, string what, Func<string>? evidence = null, int seconds = 30)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(seconds))
            {
                Assert.Fail($"not within {seconds} s: {what}\n{evidence?.Invoke()}");
            }

            Thread.Sleep(20);
        }
    }

    public static T For<T>(Func<T?> probe, string what, Func<string>? evidence = null, int seconds = 30)
        where T : class
    {
        T? found = null;
        Until(() => (found = probe()) is not null, what, evidence, seconds);
        return found!;
    }
}
