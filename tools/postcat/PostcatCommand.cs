using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Mail.Queue;
using Mta.Service;
using Mta.Text;
using NLog;

namespace Mta.Postcat;

/// <summary>Finds the files and shows each.</summary>
internal sealed class PostcatCommand(CommandLineTool tool)
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private static readonly string[] SearchOrder =
        [QueueName.Maildrop, QueueName.Incoming, QueueName.Active, QueueName.Deferred, QueueName.Hold, QueueName.Saved];

    public int Run()
    {
        PostcatOptions options = PostcatOptions.Parse(tool);
        using Output output = new();
        RecordPrinter printer = new(options, output);
        if (options.SearchQueue)
        {
            string directory = tool.Configuration.Get(GlobalParameters.QueueDirectory);
            Posix.Chdir(directory);
        }

        if (options.Operands.Count == 0)
        {
            using FileHandle stdin = new(0, ownsHandle: false);
            using RecordSource source = new(stdin);
            printer.Print(source, "stdin");
        }

        foreach (string operand in options.Operands)
        {
            (FileHandle file, string path) = options.SearchQueue ? Find(operand) : (OpenFile(operand), operand);
            using (file)
            using (RecordSource source = new(file))
            {
                printer.Print(source, path);
            }
        }

        printer.Flush();
        return 0;
    }

    private static FileHandle OpenFile(string path)
    {
        int errno = Posix.TryOpen(path, OpenFlags.ReadOnly, 0, out FileHandle file);
        return errno == 0 ? file : throw new FatalException($"open {path}: {Errno.Text(errno)}");
    }

    // A message may move while it is looked for: two rounds.
    private (FileHandle File, string Path) Find(string name)
    {
        if (!QueueId.TryParse(name, out QueueId id))
        {
            throw new FatalException($"bad mail queue ID: {Printable.Neutralize(name)}");
        }

        QueueDirectory queue = new(QueueSettings.From(tool.Configuration));
        for (int round = 0; round < 2; round++)
        {
            foreach (string directory in SearchOrder)
            {
                string path = queue.PathOf(directory, id);
                int errno = Posix.TryOpen(path, OpenFlags.ReadOnly, 0, out FileHandle file);
                if (errno == 0)
                {
                    return (file, path);
                }

                if (errno != Errno.ENOENT)
                {
                    Log.Warn($"open queue file {path}: {Errno.Text(errno)}");
                }
            }
        }

        throw new FatalException($"open queue file {name}: {Errno.Text(Errno.ENOENT)}");
    }
}
