using Mta.Linux;

namespace Mta.Delivery.Orders;

/// <summary>
/// Flushes directories after entries were made, for many deliveries at once: whoever finds no flush of a directory under
/// way does it, for himself and for all who ask meanwhile. A flush that was under way when someone asked does not count
/// for him, since it may have begun before his entry was made. Nobody waits: callbacks tell the outcome.
/// </summary>
internal sealed class DirectoryFlusher
{
    // The list holds who waits for the next flush; a key is there while a flush of the directory is under way.
    private readonly Dictionary<string, List<Action<int, bool>>> _running = new(StringComparer.Ordinal);

    /// <summary>Flushes a directory, or leaves that to the thread that is at it.</summary>
    /// <param name="done">
    /// Is told the error number (0: the entry is safe) and whether more callbacks of the same flush follow at once. Runs on
    /// this thread or on the one that is at it.
    /// </param>
    public void Flush(string path, Action<int, bool> done)
    {
        lock (_running)
        {
            if (_running.TryGetValue(path, out List<Action<int, bool>>? next))
            {
                next.Add(done);
                return;
            }

            _running.Add(path, []);
        }

        List<Action<int, bool>> turn = [done];
        while (true)
        {
            int errno = FlushNow(path);
            for (int i = 0; i < turn.Count; i++)
            {
                turn[i](errno, i + 1 < turn.Count);
            }

            lock (_running)
            {
                turn = _running[path];
                if (turn.Count == 0)
                {
                    _running.Remove(path);
                    return;
                }

                _running[path] = [];
            }
        }
    }

    private static int FlushNow(string path)
    {
        try
        {
            Posix.FsyncDirectory(path);
            return 0;
        }
        catch (LinuxException error)
        {
            return error.Errno;
        }
    }
}
