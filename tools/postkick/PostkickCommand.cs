using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Service;
using Mta.Text;
using NLog;

namespace Mta.Postkick;

/// <summary>Sends a trigger to a service of the mail system and waits until it was taken.</summary>
internal sealed class PostkickCommand(CommandLineTool tool)
{
    private const string Usage = "usage: postkick [-c config_dir] [-v] class service request";

    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public async Task<int> RunAsync()
    {
        GetOpt options = tool.GetOpt("c:v");
        while (tool.Next(options, Usage))
        {
            switch (options.Option)
            {
                case 'c':
                    tool.UseConfigurationDirectory(options.Argument);
                    break;
                case 'v':
                    tool.Verbosity++;
                    break;
            }
        }

        IReadOnlyList<string> operands = options.Operands;
        if (operands.Count != 3)
        {
            throw new FatalException(Usage);
        }

        (string kind, string service, string request) = (operands[0], operands[1], operands[2]);
        Posix.Chdir(tool.Configuration.Get(GlobalParameters.QueueDirectory));
        TimeSpan limit = tool.Configuration.Get(GlobalParameters.ApplicationEventDrainTime);
        string path = $"{kind}/{service}";
        byte[] bytes = ByteString.ToBytes(request);
        int errno = Posix.TryStat(path, out FileStatus status);
        try
        {
            if (errno != 0)
            {
                Log.Warn($"unable to look up {path}: {Errno.Text(errno)}");
            }
            else if (status.IsSocket)
            {
                await SendAsync(path, bytes, limit);
                return 0;
            }
            else if (status.IsFifo)
            {
                WriteFifo(path, bytes);
                return 0;
            }
            else
            {
                Log.Warn($"{path} is not a socket or a fifo");
            }
        }
        catch (Exception failure) when (failure is LinuxException)
        {
            // Nobody reads it: said below.
        }

        Log.Warn($"Cannot contact class {kind} service {service} - perhaps the mail system is down");
        return 1;
    }

    // Without a reader the open fails instead of waiting for one.
    private static void WriteFifo(string path, byte[] request)
    {
        int errno = Posix.TryOpen(path, OpenFlags.WriteOnly | OpenFlags.NonBlocking, 0, out FileHandle fifo);
        if (errno != 0)
        {
            throw new LinuxException(errno, "open", path);
        }

        using (fifo)
        {
            Posix.WriteAll(fifo, request);
        }
    }

    // The service closes when it has read the request; who exits before leaves its bytes in a socket without an owner.
    private static async Task SendAsync(string path, byte[] request, TimeSpan limit)
    {
        using CancellationTokenSource timer = new(limit);
        using SocketStream stream = await UnixSocket.ConnectAsync(path, timer.Token);
        try
        {
            await stream.WriteAsync(request, timer.Token);
            await stream.WriteAsync(new byte[1], timer.Token);
            byte[] nothing = new byte[1];
            while (await stream.ReadAsync(nothing, timer.Token) > 0)
            {
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException)
        {
            // The request is sent; how the service ends the connection does not matter.
        }
    }
}
