using Mta.Linux;

namespace Mta.Mail.Protocols;

/// <summary>
/// Sends many triggers to one service. Where the service says that it keeps the connection open, they all go over that
/// one; else each has its own, as in Postfix. Lives as long as the process; for one caller at a time.
/// </summary>
/// <param name="path">The service's socket, absolute or below the current directory.</param>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
public sealed class TriggerSender(string path)
{
    private FileHandle? _connection;
    private bool _staysOpen;

    /// <summary>Sends a request without ever waiting: to a socket whose backlog is full it is not sent.</summary>
    /// <returns>0, or the error number: ENOENT and ECONNREFUSED when nobody listens, EAGAIN when the backlog is full.</returns>
    public int TrySend(byte request)
    {
        if (_connection is { } kept)
        {
            _staysOpen = _staysOpen || HasSaidSo(kept);
            if (_staysOpen && Posix.TrySend(kept, [request, 0]) is 0 or Errno.EAGAIN)
            {
                // No room: others that were sent before still wait there, and triggers act as a set.
                return 0;
            }

            kept.Dispose();
            _connection = null;
            _staysOpen = false;
        }

        int errno = UnixSocket.TryConnectNow(path, out FileHandle connection);
        errno = errno == 0 ? Posix.TrySend(connection, [request, 0, 0]) : errno;
        if (errno != 0)
        {
            connection.Dispose();
            return errno;
        }

        _connection = connection;
        return 0;
    }

    private static bool HasSaidSo(FileHandle connection)
    {
        byte answer = 0;
        return Posix.TryReceive(connection, new Span<byte>(ref answer), wait: false, out int received) == 0
            && received == 1 && answer == TriggerProtocol.StaysOpen;
    }
}
