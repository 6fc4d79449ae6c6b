using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Service;
using Mta.Text;
using NLog;

namespace Mta.Postqueue;

/// <summary>Asks the showq service, or when the mail system is down runs its program, and prints the answer.</summary>
internal sealed class QueueListing(Configuration configuration, IListingFormat format) : IDisposable
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    /// <summary>What is known is shown after so much time, however little it is.</summary>
    private const int PatienceMilliseconds = 300;

    private readonly BufferedOutput _output = new(new DescriptorStream(new FileHandle(1, ownsHandle: false)), 64 << 10);

    private long _lastFlush = Environment.TickCount64;

    /// <exception cref="FatalException">There is no listing.</exception>
    public async Task<int> RunAsync()
    {
        string service = configuration.Get(GlobalParameters.ShowqServiceName);
        int errno = UnixSocket.TryConnect($"public/{service}", out FileHandle socket);
        string mailName = configuration.Get(GlobalParameters.MailName);
        if (errno == 0)
        {
            await PrintAsync(socket);
            return 0;
        }

        string problem = $"Connect to the {mailName} {service} service: {Errno.Text(errno)}";
        if (errno is Errno.EACCES or Errno.EPERM)
        {
            throw new FatalException(problem);
        }

        if (Posix.EffectiveUser != 0)
        {
            throw new FatalException($"Queue report unavailable - mail system is down ({problem})");
        }

        Log.Warn($"Mail system is down -- accessing queue directly ({problem})");
        await RunShowqAsync($"{configuration.Get(GlobalParameters.DaemonDirectory)}/showq");
        return 0;
    }

    public void Dispose() => _output.Dispose();

    private async Task RunShowqAsync(string path)
    {
        (FileHandle reader, FileHandle writer) = Posix.Pipe();
        int process;
        using (writer)
        {
            int errno = Posix.TrySpawn(
                new SpawnRequest { Path = path, Arguments = ["showq", "-u", "-S"], Environment = ProgramEnvironment.ForChild(), Descriptors = [(1, writer)] },
                out process);
            if (errno != 0)
            {
                reader.Dispose();
                throw new FatalException($"Error running {path}: {Errno.Text(errno)}");
            }
        }

        await PrintAsync(reader);
        if (Posix.TryWait(process, wait: true, out ChildStatus status) && (status.WasKilled || status.ExitCode != 0))
        {
            throw new FatalException($"Error running {path}");
        }
    }

    private async Task PrintAsync(FileHandle source)
    {
        using DescriptorStream stream = new(source);
        using BufferedInput input = new(stream, 64 << 10);
        ShowqReader reader = new(input);
        bool isFirst = true;
        try
        {
            await reader.ReadAnnouncementAsync(CancellationToken.None);
            while (await reader.NextMessageAsync(CancellationToken.None) is { } message)
            {
                format.Begin(_output, message);
                if (Environment.TickCount64 - _lastFlush > PatienceMilliseconds)
                {
                    Flush();
                }

                while (await reader.NextRecipientAsync(CancellationToken.None) is { } recipient)
                {
                    format.Recipient(_output, recipient);
                    if (_output.IsFull)
                    {
                        Flush();
                    }
                }

                format.End(_output);
                if (isFirst)
                {
                    isFirst = false;
                    Flush();
                }
            }
        }
        catch (Exception error) when (error is AttributeFormatException or InvalidDataException)
        {
            if (error.Message.StartsWith("unexpected protocol", StringComparison.Ordinal))
            {
                Log.Warn(error.Message);
            }

            throw new FatalException("malformed showq server response", error);
        }

        format.Finish(_output);
        Flush();
    }

    private void Flush()
    {
        _lastFlush = Environment.TickCount64;
        try
        {
            _output.FlushAsync().AsTask().GetAwaiter().GetResult();
        }
        catch (LinuxException error)
        {
            // head(1) closes early; that is nobody's fault.
            if (error.Errno == Errno.EPIPE)
            {
                Posix.Exit(0);
            }

            throw new FatalException($"output write error: {error.Reason}");
        }
    }
}
