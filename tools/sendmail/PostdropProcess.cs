using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Service;
using Mta.Text;

namespace Mta.Sendmail;

/// <summary>
/// A running postdrop and the pipes to it. Its greeting is read only when the message is complete, so that both work
/// at the same time. Disposing before <see cref="Finish"/> withdraws the message.
/// </summary>
internal sealed class PostdropProcess : IDisposable
{
    private const int OutputCapacity = 32 << 10;

    private readonly int _process;
    private readonly FileHandle _toChild;
    private readonly BufferedInput _input;
    private readonly DescriptorStream _fromChild;

    private PostdropProcess(string path, int process, FileHandle toChild, FileHandle fromChild)
    {
        Path = path;
        _process = process;
        _toChild = toChild;
        Output = new BufferedOutput(new DescriptorStream(toChild), OutputCapacity);
        _fromChild = new DescriptorStream(fromChild);
        _input = new BufferedInput(_fromChild);
    }

    public string Path { get; }

    /// <summary>Maildrop records go here; see <see cref="FlushIfFull"/>.</summary>
    public BufferedOutput Output { get; }

    /// <returns>0, or the error number.</returns>
    public static int TryStart(string path, IReadOnlyList<string> arguments, out PostdropProcess? process)
    {
        (FileHandle childInput, FileHandle toChild) = Posix.Pipe();
        (FileHandle fromChild, FileHandle childOutput) = Posix.Pipe();
        using (childInput)
        using (childOutput)
        {
            int errno = Posix.TrySpawn(
                new SpawnRequest
                {
                    Path = path,
                    Arguments = arguments,
                    Environment = ProgramEnvironment.ForChild(),
                    Descriptors = [(0, childInput), (1, childOutput)],
                },
                out int number);
            process = errno == 0 ? new PostdropProcess(path, number, toChild, fromChild) : null;
            if (errno != 0)
            {
                toChild.Dispose();
                fromChild.Dispose();
            }

            return errno;
        }
    }

    /// <exception cref="LinuxException">postdrop is gone (EPIPE).</exception>
    public void FlushIfFull()
    {
        if (Output.IsFull)
        {
            Flush();
        }
    }

    /// <inheritdoc cref="FlushIfFull"/>
    public void Flush() => Output.FlushAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>
    /// Gives the message up after a failure. The end of its input comes first: postdrop has perhaps not been able to
    /// greet, and would wait for a message while we wait for it.
    /// </summary>
    /// <returns>False when postdrop has ended without taking the message: it said why itself.</returns>
    public bool Withdraw()
    {
        _toChild.Dispose();
        return ReadGreeting();
    }

    /// <summary>Waits for postdrop's answer and its end.</summary>
    /// <returns>Null when it ended without an answer.</returns>
    public CleanupResult? Finish()
    {
        _toChild.Dispose();
        CleanupResult? result = null;
        try
        {
            AttributeReader reader = new(_input);
            if (_hasGreeting || ReadGreeting())
            {
                result = PostdropProtocol.ReadResultAsync(reader, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            }
        }
        catch (AttributeFormatException)
        {
            // Said by its exit code below.
        }

        // An answer that the exit code contradicts is no answer: postdrop died after it.
        if (!Posix.TryWait(_process, wait: true, out ChildStatus status) || status.WasKilled)
        {
            return null;
        }

        return result is { Status: CleanupStatus.Ok } && status.ExitCode != 0 ? null : result;
    }

    public void Dispose()
    {
        _toChild.Dispose();
        Output.Dispose();
        _input.Dispose();
        _fromChild.Dispose();
    }

    private bool _hasGreeting;

    private bool ReadGreeting()
    {
        if (_hasGreeting)
        {
            return true;
        }

        try
        {
            PostdropProtocol.ReadGreetingAsync(new AttributeReader(_input), CancellationToken.None).AsTask().GetAwaiter().GetResult();
            return _hasGreeting = true;
        }
        catch (AttributeFormatException)
        {
            return false;
        }
    }
}
