using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Qmgr.Loop;

namespace Mta.Qmgr;

/// <summary>
/// Connections over which a busy service triggers again and again: read by the loop itself, which saves a connection and
/// two changes of thread for each message. A few only; whoever finds no place connects anew each time.
/// </summary>
internal sealed class TriggerConnections(EventLoop loop, Action<ReadOnlyMemory<byte>> act, Action<Task> track)
{
    private const int Most = 32;

    private int _count;

    /// <summary>Takes over a connection whose first request was read; from any thread.</summary>
    /// <returns>False when it is not taken: it stays the caller's.</returns>
    public bool TryAdopt(FileHandle connection)
    {
        if (Interlocked.Increment(ref _count) > Most || Posix.TrySend(connection, [TriggerProtocol.StaysOpen], wait: false, out _) != 0)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        loop.Post(() => track(ReadAsync(connection)));
        return true;
    }

    private async Task ReadAsync(FileHandle connection)
    {
        byte[] bytes = new byte[TriggerProtocol.MaxRequest];
        using LoopStream stream = new(loop, connection);
        try
        {
            int count;
            while ((count = await stream.ReadAsync(bytes)) > 0)
            {
                act(bytes.AsMemory(0, count));
            }
        }
        catch (IOException)
        {
            // The client is gone.
        }

        Interlocked.Decrement(ref _count);
    }
}
