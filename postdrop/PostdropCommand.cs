using System.Runtime.InteropServices;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Service;
using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.Postdrop;

/// <summary>Options, permission to submit, and the way of one message from stdin into the maildrop directory.</summary>
internal sealed class PostdropCommand(CommandLineTool tool)
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private const string Usage = "usage: postdrop [-c config_dir] [-v]";

    // Readable by all while being written and afterwards (queue-files: maildrop only).
    private const int UnfinishedMode = 0x1A4;
    private const int ReadableByAll = 0x124;

    private QueueFileWriter? _file;

    public int Run()
    {
        ReadOptions();
        Configuration configuration = tool.Configuration;
        Posix.Chdir(configuration.Get(GlobalParameters.QueueDirectory));
        TableRegistry tables = tool.OpenTables();
        uint user = Posix.RealUser;
        SubmitPermission permission = new(configuration, tables);
        permission.Demand(user);

        // A signal that arrives while the file is unfinished removes it.
        using PosixSignalRegistration interrupt = RemoveOn(PosixSignal.SIGINT);
        using PosixSignalRegistration quit = RemoveOn(PosixSignal.SIGQUIT);
        using PosixSignalRegistration terminate = RemoveOn(PosixSignal.SIGTERM);
        using PosixSignalRegistration hangup = RemoveOn(PosixSignal.SIGHUP);
        tool.ExitHook = () => _file?.Abort();

        DescriptorStream stdout = new(new FileHandle(1, ownsHandle: false));
        using BufferedOutput output = new(stdout);
        AttributeWriter reply = new(output);
        QueueDirectory directory = new(QueueSettings.From(configuration));
        using QueueFileWriter file = QueueFileWriter.Create(directory, QueueName.Maildrop, UnfinishedMode);
        _file = file;
        file.SizeLimit = Math.Max(0, configuration.Get(GlobalParameters.MessageSizeLimit));
        PostdropProtocol.WriteGreeting(reply, file.Id);
        Flush(output);
        file.Write(RecordType.Time, RecordText.Time(file.CreationTime));

        using BufferedInput input = new(new DescriptorStream(new FileHandle(0, ownsHandle: false)), 64 << 10);
        MaildropReceiver receiver = new(file, input, new LoginSenders(configuration, tables), user);
        if (!receiver.Receive())
        {
            // The sender gave up: no message, and no complaint.
            file.Abort();
            return 0;
        }

        CleanupResult result = Finish(file, receiver.Result, user);
        PostdropProtocol.WriteResult(reply, result);
        if (result.Status == CleanupStatus.Ok)
        {
            string pickup = $"public/{configuration.Get(GlobalParameters.PickupServiceName)}";
            if (TriggerProtocol.TrySend(pickup, TriggerProtocol.Requests.Wakeup) == Errno.ENOENT)
            {
                Log.Warn($"unable to look up {pickup}: {Errno.Text(Errno.ENOENT)}");
            }
        }

        Flush(output);
        return (int)result.Status & 0xFF;
    }

    private void ReadOptions()
    {
        GetOpt options = tool.GetOpt("c:rv");
        while (tool.Next(options, Usage))
        {
            switch (options.Option)
            {
                case 'c':
                    tool.UseConfigurationDirectory(options.Argument);
                    break;
                case 'v' when Posix.EffectiveUser == 0:
                    tool.Verbosity++;
                    break;
            }
        }
    }

    // Only after Complete returned does anybody hear of success.
    private static CleanupResult Finish(QueueFileWriter file, CleanupResult received, uint user)
    {
        if (received.Status != CleanupStatus.Ok)
        {
            file.Abort();
            return received;
        }

        try
        {
            file.Complete(ReadableByAll);
            return received;
        }
        catch (LinuxException error)
        {
            file.Abort();
            return MaildropReceiver.WriteError(error, user);
        }
    }

    private PosixSignalRegistration RemoveOn(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        _file?.Abort();
        Posix.Exit(signal switch
        {
            PosixSignal.SIGHUP => 1,
            PosixSignal.SIGINT => 2,
            PosixSignal.SIGQUIT => 3,
            _ => 15,
        });
    });

    private static void Flush(BufferedOutput output)
    {
        try
        {
            output.FlushAsync().AsTask().GetAwaiter().GetResult();
        }
        catch (IOException)
        {
            // The reader is gone; the message stays or goes all the same.
        }
    }
}
