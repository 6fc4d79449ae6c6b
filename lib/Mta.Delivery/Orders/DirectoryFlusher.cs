using Mta.Linux;

namespace Mta.Delivery.Orders;

/// <summary>
/// Flushes directories after an entry was made. Threads that ask for the same directory share a flush: one that began
/// after the entry was made covers it, one already under way does not.
/// </summary>
internal sealed class DirectoryFlusher
{
    private readonly Dictionary<string, Shared> _directories = [];

    /// <summary>Returns when a flush that began after this call has ended.</summary>
    /// <exception cref="LinuxException">The directory cannot be opened or flushed.</exception>
    public void Flush(string path)
    {
        Shared shared;
        lock (_directories)
        {
            if (!_directories.TryGetValue(path, out Shared? known))
            {
                _directories[path] = known = new Shared();
            }

            shared = known;
            shared.Users++;
        }

        try
        {
            FlushShared(shared, path);
        }
        finally
        {
            lock (_directories)
            {
                if (--shared.Users == 0)
                {
                    _directories.Remove(path);
                }
            }
        }
    }

    private static void FlushShared(Shared shared, string path)
    {
        long mine;
        lock (shared)
        {
            long needed = shared.Started + 1;
            while (shared.IsRunning && shared.Finished < needed)
            {
                Monitor.Wait(shared);
            }

            if (shared.Finished >= needed)
            {
                // A failure of this flush or of a later one counts: better delivered twice than lost.
                if (shared.LastFailed >= needed)
                {
                    throw new LinuxException(shared.Errno, "fsync", path);
                }

                return;
            }

            shared.IsRunning = true;
            mine = ++shared.Started;
        }

        int errno = 0;
        try
        {
            Posix.FsyncDirectory(path);
        }
        catch (LinuxException error)
        {
            errno = error.Errno;
            throw;
        }
        finally
        {
            lock (shared)
            {
                shared.IsRunning = false;
                shared.Finished = mine;
                if (errno != 0)
                {
                    shared.LastFailed = mine;
                    shared.Errno = errno;
                }

                Monitor.PulseAll(shared);
            }
        }
    }

    private sealed class Shared
    {
        public int Users;
        public bool IsRunning;
        public long Started;
        public long Finished;
        public long LastFailed;
        public int Errno;
    }
}
