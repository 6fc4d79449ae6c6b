using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Text;

namespace Mta.Service;

/// <summary>What the master leaves open for a process, by number (docs/PROTOCOLS.md).</summary>
internal static class InheritedDescriptors
{
    /// <summary>Takes the status channel and the listening sockets, which are made non-blocking.</summary>
    /// <exception cref="FatalException">One of the sockets is not open: there is no master.</exception>
    public static (StatusChannel Status, int[] Listeners) Take(int socketCount)
    {
        string generation = Environment.GetEnvironmentVariable(MasterProtocol.GenerationVariable) ?? "";
        uint number = 0;
        try
        {
            number = generation.Length > 0 ? Convert.ToUInt32(generation, 8) : 0;
        }
        catch (Exception failure) when (failure is FormatException or OverflowException or ArgumentException)
        {
            throw new FatalException($"bad generation: {Printable.Neutralize(generation)}", failure);
        }

        StatusChannel status = new(Adopt(MasterProtocol.Status), number);
        int[] listeners = new int[socketCount];
        for (int i = 0; i < listeners.Length; i++)
        {
            int listener = MasterProtocol.FirstListener + i;
            if (!Posix.IsOpen(listener))
            {
                throw new FatalException($"listen socket {listener} is not open: this program is run by the master");
            }

            Posix.SetCloseOnExec(listener);
            Posix.SetNonBlocking(listener);
            listeners[i] = listener;
        }

        return (status, listeners);
    }

    /// <summary>Takes a descriptor, which the programs that this process starts do not get.</summary>
    /// <returns>Null when it is not open.</returns>
    public static FileHandle? Adopt(int descriptor)
    {
        if (!Posix.IsOpen(descriptor))
        {
            return null;
        }

        Posix.SetCloseOnExec(descriptor);
        return new FileHandle(descriptor);
    }
}
