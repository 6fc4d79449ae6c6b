using Mta.Linux;

namespace Mta.Delivery.Orders;

/// <summary>
/// Flushes directories after entries were made, for many deliveries at once. A delivery says that it is about to make an
/// entry; whoever made one is served by the flush that begins when all have made theirs who were at it then. A flush that
/// was under way when an entry was made does not count for it. Nobody waits: the last one flushes, callbacks tell the
/// outcome.
/// </summary>
internal sealed class DirectoryFlusher
{
    private readonly Dictionary<string, Entries> _directories = new(StringComparer.Ordinal);

    /// <summary>Says that an entry is about to be made, within the time of a flush or so.</summary>
    /// <param name="isSoon">False when that may take longer: nobody is made to wait for it.</param>
    /// <returns>Must be flushed or disposed of.</returns>
    public PendingEntry Expect(string path, bool isSoon = true)
    {
        lock (_directories)
        {
            if (!_directories.TryGetValue(path, out Entries? entries))
            {
                _directories.Add(path, entries = new Entries(path));
            }

            entries.Pending++;
            long turn = entries.Waiting.Count == 0 ? entries.Turn : entries.Turn + 1;
            if (isSoon)
            {
                entries.Count(turn, 1);
            }

            return new PendingEntry(this, entries, isSoon ? turn : null);
        }
    }

    private void End(Entries entries, long? turn, Action<int, bool>? done)
    {
        List<Action<int, bool>> served;
        lock (_directories)
        {
            entries.Pending--;
            if (turn is { } counted)
            {
                entries.Count(counted, -1);
            }

            if (done is not null)
            {
                entries.Waiting.Add(done);
            }

            if (entries.IsFlushing || !TryBegin(entries, out served))
            {
                return;
            }
        }

        do
        {
            int errno = FlushNow(entries.Path);
            for (int i = 0; i < served.Count; i++)
            {
                served[i](errno, i + 1 < served.Count);
            }
        }
        while (TryBegin(entries, out served));
    }

    private bool TryBegin(Entries entries, out List<Action<int, bool>> served)
    {
        lock (_directories)
        {
            served = entries.Waiting;
            entries.IsFlushing = served.Count > 0 && entries.Expected == 0;
            if (entries.IsFlushing)
            {
                entries.Waiting = [];
                entries.NextTurn();
            }
            else if (served.Count == 0 && entries.Pending == 0)
            {
                _directories.Remove(entries.Path);
            }

            return entries.IsFlushing;
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

    /// <summary>An entry that is about to be made. Used by one thread; ends with the first call of either method.</summary>
    internal sealed class PendingEntry : IDisposable
    {
        private readonly DirectoryFlusher _flusher;
        private readonly Entries _entries;
        private readonly long? _turn;
        private bool _isOver;

        public PendingEntry(DirectoryFlusher flusher, Entries entries, long? turn)
        {
            _flusher = flusher;
            _entries = entries;
            _turn = turn;
        }

        /// <summary>The entry is there: has the directory flushed.</summary>
        /// <param name="done">
        /// Is told the error number (0: the entry is safe) and whether more callbacks of the same flush follow at once. Runs
        /// on this thread or on the one that flushes.
        /// </param>
        public void Flush(Action<int, bool> done)
        {
            _isOver = true;
            _flusher.End(_entries, _turn, done);
        }

        /// <summary>No entry was made.</summary>
        public void Dispose()
        {
            if (!_isOver)
            {
                _isOver = true;
                _flusher.End(_entries, _turn, null);
            }
        }
    }

    /// <summary>What is going on in one directory. Under the flusher's lock.</summary>
    internal sealed class Entries(string path)
    {
        private int _expectedLater;

        public string Path => path;

        /// <summary>Of the flush to come.</summary>
        public long Turn { get; private set; }

        /// <summary>Entries to come that the next flush waits for.</summary>
        public int Expected { get; private set; }

        public int Pending { get; set; }

        public bool IsFlushing { get; set; }

        /// <summary>Whose entries are there, and not flushed.</summary>
        public List<Action<int, bool>> Waiting { get; set; } = [];

        public void Count(long turn, int change)
        {
            if (turn <= Turn)
            {
                Expected += change;
            }
            else
            {
                _expectedLater += change;
            }
        }

        public void NextTurn()
        {
            Turn++;
            Expected += _expectedLater;
            _expectedLater = 0;
        }
    }
}
