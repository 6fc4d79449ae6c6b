using Mta.Linux;

namespace Mta.Mail.Protocols;

/// <summary>
/// Triggers: a few bytes to a service's Unix socket, without a reply. They act as a set; losing one only delays,
/// since every triggered service also looks by itself from time to time.
/// </summary>
public static class TriggerProtocol
{
    /// <summary>Longest request: what a server reads of it.</summary>
    public const int MaxRequest = MasterProtocol.TriggerLimit;

    /// <summary>
    /// What a server says to a client that asked for it by a second NUL: more requests may follow on this connection
    /// (<see cref="TriggerSender"/>). Ours alone: a service of Postfix says nothing and closes.
    /// </summary>
    public const byte StaysOpen = (byte)'+';

    /// <summary>True when the client would send more requests on the same connection.</summary>
    public static bool AsksToStay(ReadOnlySpan<byte> request) => request is [.., 0, 0];

    /// <summary>Bytes for the queue manager; pickup takes any.</summary>
    public static class Requests
    {
        /// <summary>Wake up: look at incoming mail.</summary>
        public const byte Wakeup = (byte)'W';

        /// <summary>Scan the incoming queue.</summary>
        public const byte ScanIncoming = (byte)'I';

        /// <summary>Scan the deferred queue.</summary>
        public const byte ScanDeferred = (byte)'D';

        /// <summary>Forget which transports and destinations are dead.</summary>
        public const byte ForgetDead = (byte)'F';

        /// <summary>Scan whatever the next retry time is.</summary>
        public const byte IgnoreRetryTime = (byte)'A';
    }

    /// <summary>
    /// Sends a request without ever waiting: to a socket whose backlog is full it is not sent. The bytes stay readable
    /// for the server after this side has closed.
    /// </summary>
    /// <param name="path">Absolute, or below the current directory.</param>
    /// <param name="request">At most <see cref="MaxRequest"/> - 1 bytes; the closing NUL is added.</param>
    /// <returns>0, or the error number: ENOENT and ECONNREFUSED when nobody listens, EAGAIN when the backlog is full.</returns>
    public static int TrySend(string path, ReadOnlySpan<byte> request)
    {
        int errno = UnixSocket.TryConnectNow(path, out FileHandle socket);
        using (socket)
        {
            if (errno != 0)
            {
                return errno;
            }

            Span<byte> message = stackalloc byte[MaxRequest];
            request = request[..Math.Min(request.Length, MaxRequest - 1)];
            request.CopyTo(message);
            message[request.Length] = 0;
            return Posix.TrySend(socket, message[..(request.Length + 1)]);
        }
    }

    /// <summary>Sends a request; waits, with its thread, while the backlog of the service is full. For commands.</summary>
    /// <param name="path">As of the other form.</param>
    /// <param name="request">As of the other form.</param>
    /// <param name="patience">How long to wait (<c>trigger_timeout</c>).</param>
    /// <returns>0, or the error number: EAGAIN when the backlog stayed full.</returns>
    public static int TrySend(string path, ReadOnlySpan<byte> request, TimeSpan patience)
    {
        const int pause = 20;
        long end = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        int errno;
        while ((errno = TrySend(path, request)) == Errno.EAGAIN && Environment.TickCount64 < end)
        {
            Thread.Sleep(pause);
        }

        return errno;
    }

    /// <summary>As the other form, with one byte.</summary>
    /// <returns>0, or the error number.</returns>
    public static int TrySend(string path, byte request) => TrySend(path, [request]);
}
