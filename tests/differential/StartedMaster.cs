using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Mta.Differential;

/// <summary>
/// Ends the master that a case has started by itself and left running: its directory is about to go, and nobody would
/// find it afterwards.
/// </summary>
internal static partial class StartedMaster
{
    private const int Terminate = 15;
    private const int Kill = 9;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <param name="pidFile">Whose first line is the master's process; it need not be there.</param>
    public static void Stop(string pidFile)
    {
        int process = Read(pidFile);
        if (!IsMaster(process))
        {
            return;
        }

        _ = Send(process, Terminate);
        if (!IsGone(process, Patience))
        {
            // It leads a process group of its own, in which its daemons are.
            _ = Send(-process, Kill);
            _ = Send(process, Kill);
            _ = IsGone(process, Patience);
        }
    }

    // The master holds a lock on the file: it is read without asking for one, which is what sharing it all means here.
    private static int Read(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(file);
            return int.TryParse(reader.ReadLine(), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out int process) ? process : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    // The number may be that of another process by now.
    private static bool IsMaster(int process)
    {
        try
        {
            return process > 1 && File.ReadAllText($"/proc/{process}/cmdline").Split('\0')[0].EndsWith("master", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool IsGone(int process, TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        while (IsMaster(process))
        {
            if (clock.Elapsed > limit)
            {
                return false;
            }

            Thread.Sleep(20);
        }

        return true;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Send(int process, int signal);
}
