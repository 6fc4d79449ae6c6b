using System.Globalization;

namespace Mta.EndToEnd;

/// <summary>What /proc tells of a master and its children.</summary>
internal static class ProcessTable
{
    /// <summary>The process that a pid file names. The master holds it locked.</summary>
    public static int PidIn(string file)
    {
        // The runtime takes a lock on every file it opens.
        return int.Parse(Shell.Run("/bin/cat", [file]).MustSucceed().Output, CultureInfo.InvariantCulture);
    }

    public static IReadOnlyList<(int Pid, string Program)> OfMaster(int master)
    {
        var found = new List<(int, string)>();
        foreach (string directory in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out int pid) || (pid != master && ParentOf(pid) != master))
            {
                continue;
            }

            if (ProgramOf(pid) is { } program)
            {
                found.Add((pid, program));
            }
        }

        return found;
    }

    public static string? ProgramOf(int pid)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/exe").LinkTarget;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Peak resident size in KiB; 0 when the process is gone.</summary>
    public static long PeakMemory(int pid) => Field(pid, "VmHWM:");

    private static int ParentOf(int pid) => (int)Field(pid, "PPid:");

    private static long Field(int pid, string name)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
