using System.Runtime.InteropServices;
using Mta.Linux;
using Mta.Service;
using Mta.Text;

namespace Mta.Master;

/// <summary>
/// Option -w: the process that was called starts another one, which becomes the master, and waits until that is ready
/// to serve. (A managed process never forks.)
/// </summary>
internal static class Monitor
{
    private const string Variable = "MTA_MASTER_MONITOR";
    private const int ReportDescriptor = 3;
    private const int LongestStart = 100_000;

    /// <summary>This is the process that was started to become the master.</summary>
    public static bool IsMonitored => Posix.EnvironmentVariable(Variable) == "1" && Posix.IsOpen(ReportDescriptor);

    /// <returns>0 when the master is ready.</returns>
    /// <exception cref="FatalException">It ended, or did not get ready in time.</exception>
    public static int StartAndWait()
    {
        (FileHandle reader, FileHandle writer) = Posix.Pipe();
        using (reader)
        {
            int child;
            using (writer)
            {
                child = Posix.Spawn(new SpawnRequest
                {
                    Path = "/proc/self/exe",
                    Arguments = [ProgramArguments.ProgramPath, .. ProgramArguments.Arguments],
                    Environment = [.. Posix.Environment().Where(v => !v.StartsWith(Variable, StringComparison.Ordinal)), $"{Variable}=1"],
                    Descriptors = [(ReportDescriptor, (SafeHandle)writer)],
                });
            }

            Span<PollEntry> entry = [new PollEntry(reader.Descriptor, PollEvents.Input)];
            Span<byte> answer = stackalloc byte[1];
            long deadline = Environment.TickCount64 + LongestStart;
            while (Environment.TickCount64 < deadline)
            {
                if (Posix.Poll(entry, (int)(deadline - Environment.TickCount64)) == 0)
                {
                    continue;
                }

                if (Posix.Read(reader, answer) == 1)
                {
                    return 0;
                }

                Posix.TryWait(child, wait: true, out _);
                throw new FatalException("daemon initialization failure -- see logs for details");
            }

            throw new FatalException($"daemon initialization failure: not ready within {LongestStart / 1000} seconds");
        }
    }

    /// <summary>Tells the waiting process, if there is one, that the master is ready.</summary>
    public static void ReportReady()
    {
        if (!IsMonitored)
        {
            return;
        }

        using var report = new FileHandle(ReportDescriptor);
        try
        {
            Posix.WriteAll(report, [0]);
        }
        catch (LinuxException)
        {
            // It gave up waiting; the mail system runs all the same.
        }
    }
}
