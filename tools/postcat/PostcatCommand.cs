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
        try
        {
            PrintAll(options, printer);
        }
        catch (FatalException)
        {
            // What could be shown is shown.
            printer.Flush();
            throw;
        }

        printer.Flush();
        return 0;
    }

    private void PrintAll(PostcatOptions options, RecordPrinter printer)
    {
        void Print(FileHandle file, string path)
        {
            if (Posix.Fstat(file).IsDirectory)
            {
                Log.Warn($"close {path}: {Errno.Text(Errno.EISDIR)}");
                return;
            }

            using RecordSource source = new(file, options.Raw, options.Verbose);
            printer.Print(source, path);
        }

        if (options.SearchQueue)
        {
            string directory = tool.Configuration.Get(GlobalParameters.QueueDirectory);
            Posix.Chdir(directory);
        }

        if (options.Operands.Count == 0)
        {
            using FileHandle stdin = new(0, ownsHandle: false);
            Print(stdin, "stdin");
        }

        foreach (string operand in options.Operands)
        {
            (FileHandle file, string path) = options.SearchQueue ? Find(operand) : (OpenFile(operand), operand);
            using (file)
            {
                Print(file, path);
            }
        }
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

        int problem = Errno.ENOENT;
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

                problem = errno == Errno.ENOENT ? problem : errno;
            }
        }

        throw new FatalException($"open queue file {name}: {Errno.Text(problem)}");
    }
}
