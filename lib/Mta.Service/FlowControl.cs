using Mta.Linux;

namespace Mta.Service;

/// <summary>
/// The token pipe of the instance (<c>in_flow_delay</c>): the queue manager puts tokens in, cleanup takes one per
/// message. No method blocks; without a master every method does nothing. Thread-safe.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
public sealed class FlowControl
{
    private readonly FileHandle? _read;
    private readonly FileHandle? _write;
    private readonly SocketWaits? _waits;
    private readonly SemaphoreSlim _turn = new(1);

    internal FlowControl(FileHandle? read, FileHandle? write)
    {
        _read = read;
        _write = write;
        _waits = read is null ? null : new SocketWaits(read);
    }

    /// <summary>Tokens in the pipe; 0 when unknown.</summary>
    public int Available
    {
        get
        {
            try
            {
                return _read is null ? 0 : Posix.BytesWaiting(_read);
            }
            catch (LinuxException)
            {
                return 0;
            }
        }
    }

    /// <summary>Takes up to <paramref name="count"/> tokens.</summary>
    /// <returns>Tokens taken.</returns>
    public int Take(int count)
    {
        Span<byte> tokens = stackalloc byte[256];
        int taken = 0;
        try
        {
            while (_read is not null && taken < count)
            {
                int got = Posix.Read(_read, tokens[..Math.Min(tokens.Length, count - taken)]);
                if (got <= 0)
                {
                    break;
                }

                taken += got;
            }
        }
        catch (LinuxException)
        {
            // No pipe: no flow control.
        }

        return taken;
    }

    /// <summary>
    /// Takes a token. Where none is left, waits until the queue manager gives one, but no longer than
    /// <paramref name="longest"/>: the sender is slowed down to the rate at which mail is taken in, never refused.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/>.</exception>
    public async ValueTask TakeOrWaitAsync(TimeSpan longest, CancellationToken stop)
    {
        if (_waits is null || Take(1) > 0)
        {
            return;
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(longest);
        try
        {
            await _turn.WaitAsync(deadline.Token);
            try
            {
                while (Take(1) == 0)
                {
                    await _waits.InputAsync(deadline.Token);
                }
            }
            finally
            {
                _turn.Release();
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // Long enough: goes on without.
        }
    }

    /// <summary>Puts tokens in; as many as the pipe holds.</summary>
    public void Give(int count)
    {
        Span<byte> tokens = stackalloc byte[256];
        tokens.Clear();
        try
        {
            while (_write is not null && count > 0)
            {
                int some = Math.Min(tokens.Length, count);
                Posix.WriteAll(_write, tokens[..some]);
                count -= some;
            }
        }
        catch (LinuxException)
        {
            // A full pipe has tokens enough; a missing one means no flow control.
        }
    }
}
