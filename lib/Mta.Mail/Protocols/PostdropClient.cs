using Mta.Linux;
using Mta.Text;

namespace Mta.Mail.Protocols;

/// <summary>
/// Client of <c>postdrop</c>, for a submitter that may not talk to the cleanup service: starts the program and speaks
/// with it over one socket, which is its standard input and output.
/// </summary>
/// <param name="path">The program.</param>
/// <param name="arguments">Behind its name.</param>
/// <param name="environment">What it is started with.</param>
public sealed class PostdropClient(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
{
    /// <summary>Longest wait for each read and flush (<c>ipc_timeout</c>).</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3600);

    /// <summary>Opens a new message. Disposing it before its end withdraws it.</summary>
    /// <exception cref="LinuxException">The program cannot be executed.</exception>
    /// <exception cref="IOException">It ended, or is not postdrop.</exception>
    public async ValueTask<CleanupSession> OpenAsync(CancellationToken stop)
    {
        (FileHandle ours, FileHandle theirs) = Posix.SocketPair();
        int process;
        using (theirs)
        {
            int errno = Posix.TrySpawn(
                new SpawnRequest { Path = path, Arguments = ["postdrop", .. arguments], Environment = environment, Descriptors = [(0, theirs), (1, theirs)] },
                out process);
            if (errno != 0)
            {
                ours.Dispose();
                throw new LinuxException(errno, "execute", path);
            }
        }

        ServiceConnection connection = ServiceConnection.Over(new SocketStream(ours), Timeout, CleanupSession.OutputCapacity, CleanupSession.InitialCapacity);
        try
        {
            return new CleanupSession(connection, await PostdropProtocol.ReadGreetingAsync(connection.Reader, stop), () => Reap(process));
        }
        catch (Exception error) when (error is AttributeFormatException or TimeoutException)
        {
            connection.Dispose();
            Reap(process);
            throw new IOException($"postdrop: {error.Message}", error);
        }
    }

    // An answer that the exit code contradicts is no answer: the program died after it.
    private static bool Reap(int process) => Posix.TryWait(process, wait: true, out ChildStatus status) && !status.WasKilled && status.ExitCode == 0;
}
