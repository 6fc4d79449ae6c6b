using Mta.Config;
using Mta.Linux;

namespace Mta.Postfix;

/// <summary>Copies of system files for processes that run with the queue directory as their root: are they up to date?</summary>
internal static class ChrootCopies
{
    private const long LargestCompared = 16 << 20;

    private static readonly string[] Trees = ["bin", "etc", "lib", "sbin", "usr"];

    public static void Run(string queue)
    {
        foreach (string tree in Trees)
        {
            Compare(queue, tree, depth: 0);
        }
    }

    private static void Compare(string queue, string relative, int depth)
    {
        string copy = $"{queue}/{relative}";
        if (depth > 8 || Posix.TryLstat(copy, out FileStatus status) != 0)
        {
            return;
        }

        if (status.UserId != Posix.EffectiveUser)
        {
            ControlLog.Warning($"not owned by root: {copy}");
        }

        if (status.IsDirectory)
        {
            try
            {
                foreach (string name in Posix.ListDirectory(copy))
                {
                    Compare(queue, $"{relative}/{name}", depth + 1);
                }
            }
            catch (LinuxException error)
            {
                ControlLog.Warning(error.Message);
            }
        }
        else if (status.IsRegular && Posix.TryStat($"/{relative}", out FileStatus original) == 0 && original.IsRegular && Differ(copy, status, $"/{relative}", original))
        {
            ControlLog.Warning($"{copy} and /{relative} differ");
        }
    }

    private static bool Differ(string copy, FileStatus copyStatus, string original, FileStatus originalStatus)
    {
        if (copyStatus.Size != originalStatus.Size)
        {
            return true;
        }

        try
        {
            return copyStatus.Size <= LargestCompared && TextFile.Read(copy) != TextFile.Read(original);
        }
        catch (LinuxException)
        {
            return false;
        }
    }
}
