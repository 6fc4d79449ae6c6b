using System.Diagnostics;

namespace Mta.EndToEnd;

/// <summary>Waiting on a condition, with a limit.</summary>
internal static class Wait
{
    /// <param name="pause">Between two looks, in milliseconds.</param>
    public static void Until(Func<bool> condition, string what, Func<string>? evidence = null, int seconds = 30, int pause = 20)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(seconds))
            {
                Assert.Fail($"not within {seconds} s: {what}\n{evidence?.Invoke()}");
            }

            Thread.Sleep(pause);
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
