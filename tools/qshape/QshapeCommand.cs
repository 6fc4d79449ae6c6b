using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Mail.Queue;
using Mta.Service;
using Mta.Text;
using NLog;

namespace Mta.Qshape;

/// <summary>Reads the envelopes of the queues named and prints how many recipients wait for how long, by domain.</summary>
internal sealed class QshapeCommand(CommandLineTool tool)
{
    private const string ClearScreen = "\x1b[H\x1b[2J";

    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    /// <summary>Owner's bits complete, nobody else may write or execute: not marked to expire.</summary>
    private const int CompleteMask = 0x1DB;
    private const int Complete = 0x1C0;
    private const int ShortestName = 6;

    public int Run()
    {
        QshapeOptions options = QshapeOptions.Parse(tool);
        string directory = tool.Configuration.Get(GlobalParameters.QueueDirectory);
        bool showsProgress = Posix.IsTerminal(1);
        AgeTable table = new(options);
        DateTime now = DateTime.UtcNow;
        foreach (string queue in options.Queues)
        {
            Read(queue.StartsWith('/') ? queue : $"{directory}/{queue}", options, table, now, showsProgress);
        }

        CommandLineTool.Print((showsProgress ? ClearScreen : "") + table.Format(int.MaxValue));
        return 0;
    }

    private static void Read(string queue, QshapeOptions options, AgeTable table, DateTime now, bool showsProgress)
    {
        try
        {
            foreach ((string directory, string name) in QueueDirectory.ScanFiles(queue))
            {
                if (name.Length < ShortestName || !name.All(char.IsAsciiLetterOrDigit) || !TryRead($"{directory}/{name}", options, table, now))
                {
                    continue;
                }

                if (showsProgress && table.Messages % options.BatchMessages == 0)
                {
                    CommandLineTool.Print(ClearScreen + table.Format(options.BatchRows));
                }
            }
        }
        catch (LinuxException error)
        {
            Log.Warn(error.Message);
        }
    }

    // A message may be delivered meanwhile: what cannot be opened is gone.
    private static bool TryRead(string path, QshapeOptions options, AgeTable table, DateTime now)
    {
        if (Posix.TryLstat(path, out FileStatus status) != 0 || !status.IsRegular || (status.Permissions & CompleteMask) != Complete
            || Posix.TryOpen(path, OpenFlags.ReadOnly | OpenFlags.NoFollow, 0, out FileHandle file) != 0)
        {
            return false;
        }

        using (file)
        using (RecordFileReader records = new(file))
        {
            return TryCount(records, status, options, table, now);
        }
    }

    private static bool TryCount(RecordFileReader records, FileStatus status, QshapeOptions options, AgeTable table, DateTime now)
    {
        EnvelopeScan scan = new(records, status);
        bool counted = false;
        while (scan.Next(out RecordType type, out ReadOnlySpan<byte> data))
        {
            switch (type)
            {
                case RecordType.Sender when options.Senders:
                case RecordType.Recipient when !options.Senders:
                    table.Messages += counted ? 0 : 1;
                    counted = true;
                    table.Add(ByteString.FromBytes(data), (now - scan.Arrival).TotalMinutes);
                    if (options.Senders)
                    {
                        return true;
                    }

                    break;
                case RecordType.Message when !scan.KnowsContent:
                    return counted;
            }
        }

        return counted;
    }
}
