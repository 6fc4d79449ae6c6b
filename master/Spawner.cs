using System.Runtime.InteropServices;
using Mta.Linux;
using Mta.Mail.Protocols;

namespace Mta.Master;

/// <summary>What became of an attempt to start a process.</summary>
internal enum SpawnOutcome
{
    Started,

    /// <summary>The system has no room for another process just now.</summary>
    NoRoom,

    /// <summary>The program cannot be executed.</summary>
    CannotExecute,
}

/// <summary>
/// Starts processes with Postfix's descriptors, arguments and environment. Each start has a number of its own, which
/// the process repeats in what it says, so that a reused process number is not mistaken for it.
/// </summary>
internal sealed class Spawner(MasterOptions options)
{
    private readonly (FileHandle Reader, FileHandle Writer) _flow = Posix.Pipe(nonBlocking: true);
    private uint _generation;

    /// <summary>The environment that all processes share; see <see cref="MasterSettings.CommonEnvironment"/>.</summary>
    public required IReadOnlyList<string> Environment { get; set; }

    /// <param name="worker">The new process; not yet entered into the service's account.</param>
    public SpawnOutcome Start(Service service, FileHandle statusWriter, out Worker? worker)
    {
        _generation++;
        int share = service.Account.NextShare;
        var descriptors = new List<(int, SafeHandle)>
        {
            (MasterProtocol.FlowReader, _flow.Reader),
            (MasterProtocol.FlowWriter, _flow.Writer),
            (MasterProtocol.Status, statusWriter),
        };
        descriptors.AddRange(service.Listeners.Select((listener, i) => (MasterProtocol.FirstListener + i, (SafeHandle)listener)));
        int? stressDescriptor = null;
        if (service is { AdaptsToStress: true, StressReader: { } stressReader })
        {
            stressDescriptor = MasterProtocol.FirstListener + service.Listeners.Count;
            descriptors.Add((stressDescriptor.Value, stressReader));
        }

        List<string> arguments = WorkerCommand.Arguments(service, options, service.Chroot);
        if (options.IsVerbose)
        {
            LogLines.Verbose($"spawn command {service.Path}; {string.Join(' ', arguments)}");
        }

        worker = null;
        int errno = TryStart(
            service.Confinement,
            new SpawnRequest
            {
                Path = service.Path,
                Arguments = arguments,
                Environment = [.. Environment, .. WorkerCommand.OwnVariables(_generation, share, service.Limit, stressDescriptor)],
                Descriptors = descriptors,
            },
            out int process);
        switch (errno)
        {
            case 0:
                worker = new Worker(process, _generation, share);
                return SpawnOutcome.Started;
            case Errno.EAGAIN or Errno.ENOMEM or Errno.EMFILE or Errno.ENFILE:
                LogLines.NotForked(Errno.Text(errno));
                return SpawnOutcome.NoRoom;
            default:
                LogLines.NotStarted(service.Path, errno);
                LogLines.Throttled(service.Path);
                return SpawnOutcome.CannotExecute;
        }
    }

    private static int TryStart(Confinement confinement, SpawnRequest request, out int process)
    {
        try
        {
            return confinement.Start(request, out process);
        }
        catch (LinuxException error)
        {
            process = 0;
            return error.Errno;
        }
    }
}
