using Mta.Linux;
using Mta.Mail.Protocols;

namespace Mta.Service;

/// <summary>This process's end of the status channel to the master. Thread-safe.</summary>
internal sealed class StatusChannel(FileHandle? channel, uint generation)
{
    /// <summary>Descriptor to watch: it becomes readable when the master is gone or wants this process to retire; -1 without master.</summary>
    public int Descriptor => channel?.Descriptor ?? -1;

    /// <returns>False when the master is gone.</returns>
    public bool Send(WorkerState state)
    {
        if (channel is null)
        {
            return false;
        }

        Span<byte> message = stackalloc byte[StatusMessage.Size];
        new StatusMessage(Environment.ProcessId, generation, state).WriteTo(message);
        return Posix.TrySend(channel, message) == 0;
    }
}
