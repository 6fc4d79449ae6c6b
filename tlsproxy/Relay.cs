using System.Buffers;
using Mta.Tls;

namespace Mta.Tlsproxy;

/// <summary>
/// Moves bytes between a plain stream and a TLS session until one of them ends, fails, or both are silent for too long.
/// What the plain side sent before it closed still reaches the peer, with TLS's farewell behind it.
/// </summary>
internal sealed class Relay(Stream plain, TlsStream tls, TimeSpan silence)
{
    private const int Block = 4096;
    private static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(5);

    public async ValueTask RunAsync(CancellationToken stop)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        over.CancelAfter(silence);
        Task<bool> inward = MoveAsync(tls, plain, over);
        Task<bool> outward = MoveAsync(plain, tls, over);
        Task<bool> first = await Task.WhenAny(inward, outward);
        bool saysFarewell = first == outward && await outward;
        if (saysFarewell)
        {
            await FarewellAsync(stop);
        }

        await over.CancelAsync();
        await Task.WhenAll(inward, outward);
    }

    // True when the source came to its end.
    private async Task<bool> MoveAsync(Stream from, Stream to, CancellationTokenSource over)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Block);
        try
        {
            while (true)
            {
                int count = await from.ReadAsync(buffer, over.Token);
                if (count == 0)
                {
                    return true;
                }

                over.CancelAfter(silence);
                await to.WriteAsync(buffer.AsMemory(0, count), over.Token);
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One of the two has gone, or the time is over.
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask FarewellAsync(CancellationToken stop)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(FarewellTime);
        try
        {
            await tls.ShutdownAsync(limit.Token);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // It does not listen any more.
        }
    }
}
