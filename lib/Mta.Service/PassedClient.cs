using Mta.Linux;
using Mta.Mail.Protocols;

namespace Mta.Service;

/// <summary>Takes a client over from another service: the receiving side of <see cref="PassProtocol"/>.</summary>
internal static class PassedClient
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(100);

    /// <param name="sender">The connection over which it comes; still the caller's to dispose.</param>
    /// <exception cref="IOException">The sender broke off, or sent something else.</exception>
    /// <exception cref="TimeoutException">Nothing came in time.</exception>
    public static async Task<ClientConnection> ReceiveAsync(ClientConnection sender, CancellationToken stop)
    {
        FileHandle descriptor = await ReceiveDescriptorAsync(sender, stop);
        try
        {
            sender.Input.Timeout = Limit;
            PassedEnds ends = await PassProtocol.ReadEndsAsync(sender.Input, stop);
            Posix.TryGetPeerName((int)descriptor.DangerousGetHandle(), out SocketName peer);
            Posix.TryGetSocketName((int)descriptor.DangerousGetHandle(), out SocketName local);
            return new ClientConnection(sender.Context, descriptor, ends.Client ?? peer, ends.Server ?? local, sender.Timeout);
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    private static async Task<FileHandle> ReceiveDescriptorAsync(ClientConnection sender, CancellationToken stop)
    {
        SocketStream socket = sender.Socket ?? throw new IOException("no socket to receive a descriptor from");
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timer.CancelAfter(Limit);
        try
        {
            (int errno, FileHandle descriptor) = await socket.TryReceiveDescriptorAsync(timer.Token);
            return errno == 0 ? descriptor : throw new LinuxException(errno, "recvmsg", "passed client");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new TimeoutException("timeout while receiving a client");
        }
    }
}
