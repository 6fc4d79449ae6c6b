using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Mta.Fuzz;

/// <summary>
/// Feeds one harness: first every kept input of <c>tests/fuzz/ROOM</c>, then mutations of them from a seed. By default
/// a few seconds from a fixed seed; <c>MTA_FUZZ_RUNS</c>, <c>MTA_FUZZ_SECONDS</c> and <c>MTA_FUZZ_SEED</c> ask for more.
/// An input that breaks a promise is left in the temporary directory: it belongs into the room's folder once mended.
/// </summary>
internal static class FuzzRun
{
    private const int MaxLength = 64 << 10;
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(10);

    /// <param name="room">Folder of the kept inputs.</param>
    /// <param name="words">Pieces that mean something to what is tested.</param>
    /// <param name="check">What is wrong with the way the input was handled; null when nothing is. Exceptions are findings.</param>
    /// <returns>Inputs tried.</returns>
    public static int Play(string room, string[] words, Func<byte[], string?> check)
    {
        List<byte[]> inputs = Kept(room, "");
        Assert.NotEmpty(inputs);
        inputs.ForEach(input => Try(room, input, check));

        int seed = Number("MTA_FUZZ_SEED") ?? 1;
        int runs = Number("MTA_FUZZ_RUNS") ?? int.MaxValue;
        TimeSpan limit = TimeSpan.FromSeconds(Number("MTA_FUZZ_SECONDS") ?? (runs == int.MaxValue ? 5 : 100_000));
        var random = new Random(seed);
        byte[][] dictionary = [.. words.Select(Encoding.Latin1.GetBytes)];
        Stopwatch watch = Stopwatch.StartNew();
        int count = 0;
        for (; count < runs && watch.Elapsed < limit; count++)
        {
            Try(room, Mutate(random, inputs, dictionary), check);
        }

        Report($"{room}: seed {seed}, {count} inputs in {watch.Elapsed.TotalSeconds:F0} s");
        return count;
    }

    private static List<byte[]> Kept(string room, string without) =>
        [.. Directory.GetFiles(Folder(room)).Where(path => without.Length == 0 || !Path.GetFileName(path).StartsWith(without, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    private static void Report(string line)
    {
        if (Environment.GetEnvironmentVariable("MTA_FUZZ_REPORT") is { } path)
        {
            File.AppendAllText(path, line + "\n");
        }
    }

    /// <summary>
    /// Whether a fault that was planted into what <paramref name="check"/> sees is found by mutations: a harness that finds
    /// nothing may be one that sees nothing. The kept inputs must pass with the fault in place. The mutations are the same
    /// every time, so that their number is the limit, however busy the machine is.
    /// </summary>
    public static void Finds(string room, string[] words, Func<byte[], string?> check)
    {
        // What longer runs found leads elsewhere than to the planted fault.
        List<byte[]> inputs = Kept(room, "found-");
        inputs.ForEach(input => Assert.Equal("", Wrong(input, check) ?? ""));
        var random = new Random(1);
        byte[][] dictionary = [.. words.Select(Encoding.Latin1.GetBytes)];
        for (int count = 0; count < 50_000; count++)
        {
            if (Wrong(Mutate(random, inputs, dictionary), check) is not null)
            {
                Report($"{room}: the planted fault was found by input {count}");
                return;
            }
        }

        Assert.Fail("the planted fault was not found");
    }

    private static void Try(string room, byte[] input, Func<byte[], string?> check)
    {
        if (Wrong(input, check) is { } wrong)
        {
            string path = Path.Combine(Path.GetTempPath(), $"mta-fuzz-{room}-{Convert.ToHexStringLower(SHA256.HashData(input))[..12]}");
            File.WriteAllBytes(path, input);
            Assert.Fail($"{path}: {wrong}");
        }
    }

    private static string? Wrong(byte[] input, Func<byte[], string?> check)
    {
        // As in a daemon: the test framework would start a thread whenever a session goes on.
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return WrongOrSlow(input, check);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private static string? WrongOrSlow(byte[] input, Func<byte[], string?> check)
    {
        // Processor time: on a loaded machine everything takes long.
        TimeSpan before = Environment.CpuUsage.TotalTime;
        string? wrong;
        try
        {
            wrong = check(input);
        }
        catch (Exception error)
        {
            wrong = error.ToString();
        }

        TimeSpan used = Environment.CpuUsage.TotalTime - before;
        return wrong is null && used > Slow ? $"took {used.TotalSeconds:F0} s" : wrong;
    }

    private static byte[] Mutate(Random random, List<byte[]> inputs, byte[][] words)
    {
        List<byte> bytes = [.. inputs[random.Next(inputs.Count)]];
        for (int n = 1 + random.Next(random.Next(2) == 0 ? 3 : 20); n > 0; n--)
        {
            int at = random.Next(bytes.Count + 1);
            int length = Math.Min(random.Next(1, random.Next(2) == 0 ? 8 : 400), bytes.Count - at);
            switch (random.Next(9))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 3:
                    bytes.RemoveRange(at, length);
                    break;
                case 4:
                    bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                    break;
                case 5:
                    List<byte> piece = bytes.GetRange(at, length);
                    for (int i = random.Next(2, 60); i > 0 && bytes.Count < MaxLength; i--)
                    {
                        bytes.InsertRange(at, piece);
                    }

                    break;
                case 6:
                    byte[] other = inputs[random.Next(inputs.Count)];
                    int from = random.Next(other.Length + 1);
                    bytes.InsertRange(at, other[from..(from + random.Next(other.Length - from + 1))]);
                    break;
                default:
                    bytes.InsertRange(at, words[random.Next(words.Length)]);
                    break;
            }
        }

        return bytes.Count > MaxLength ? [.. bytes.GetRange(0, MaxLength)] : [.. bytes];
    }

    private static int? Number(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), out int value) ? value : null;

    private static string Folder(string room)
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Mta.sln")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return Path.Combine(directory ?? throw new InvalidOperationException("the source tree was not found above the test"), "tests/fuzz", room);
    }
}
