using Mta.Linux;
using Mta.Tables.Index;
using Mta.Text;

namespace Mta.Tables.Types;

/// <summary>
/// <c>lmdb:NAME</c>, and <c>hash:NAME</c> and <c>btree:NAME</c>, which are served by NAME.lmdb too. Every
/// transaction holds the whole-file fcntl lock that other writers of such files respect, and a lock against this
/// process's other threads. The file stays usable after a change of root directory; when it is replaced by a new
/// one, <see cref="HasChanged"/> says so.
/// </summary>
internal sealed class LmdbTable : LookupTable, IDisposable
{
    private const int StackKey = 512;

    // Milliseconds for which the shared lock is kept after a lookup, and for which it is then taken per lookup.
    private const int LeaseTime = 20;
    private const int PauseTime = 5;
    private readonly Lock _lock = new();
    private readonly Timer _leaseTimer;
    private Lmdb _lmdb;
    private bool _tryWithNul;
    private bool _tryWithoutNul;
    private bool _isLocked;
    private long _leaseEnd;

    private LmdbTable(TableRegistry registry, string type, string name, TableFlags flags, Lmdb lmdb)
        : base(registry, type, name, flags | TableFlags.Fixed | TableFlags.MultiWriter)
    {
        _lmdb = lmdb;
        _leaseTimer = new Timer(static table => ((LmdbTable)table!).EndLease(), this, Timeout.Infinite, Timeout.Infinite);
        Owner = TableOwner.OfFile(Posix.Fstat(lmdb.File).UserId);
        _tryWithNul = flags.HasFlag(TableFlags.TryWithNul) || !flags.HasFlag(TableFlags.TryWithoutNul);
        _tryWithoutNul = flags.HasFlag(TableFlags.TryWithoutNul) || !flags.HasFlag(TableFlags.TryWithNul);
    }

    public override TableOwner Owner { get; }

    public override bool HasSequence => true;

    public override bool HasChanged
    {
        get
        {
            lock (_lock)
            {
                return Posix.Fstat(_lmdb.File).Links == 0;
            }
        }
    }

    public static LookupTable Open(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access)
    {
        string path = IndexBuilder.PathOf(name);
        try
        {
            if (access == TableAccess.Create)
            {
                IndexBuilder.CreateEmpty(path, registry.Settings.LmdbMapSize);
            }

            // The library would make a file of its own when it may write: only an existing one is opened.
            FileStatus status = Posix.Stat(path);
            bool writable = access != TableAccess.ReadOnly;
            Lmdb lmdb = Lmdb.Open(path, writable, writable ? Math.Max(registry.Settings.LmdbMapSize, 2 * status.Size) : 0, 0x1A4);
            LmdbTable table = new(registry, type, name, flags, lmdb);
            table.CheckReadable();
            IndexBuilder.WarnIfStale(path, name, status, registry.Settings.Warning);
            return table;
        }
        catch (LinuxException error) when (error.Errno == Errno.ENOENT && type != "lmdb")
        {
            throw new TableException($"open database {path}: {error.Reason} (make it with \"postmap {type}:{name}\", or postalias for aliases)", error);
        }
        catch (LinuxException error)
        {
            throw new TableException($"open database {path}: {error.Reason}", error);
        }
        catch (LmdbException error)
        {
            throw new TableException($"open database {path}: {error.Reason}", error);
        }
    }

    public override bool TryReopen()
    {
        lock (_lock)
        {
            if (Posix.Fstat(_lmdb.File).Links != 0)
            {
                return true;
            }

            string path = IndexBuilder.PathOf(Name);
            try
            {
                FileStatus status = Posix.Stat(path);
                bool writable = OpenMode != (int)TableAccess.ReadOnly;
                Lmdb fresh = Lmdb.Open(path, writable, writable ? Math.Max(Registry.Settings.LmdbMapSize, 2 * status.Size) : 0, 0x1A4);
                if (_isLocked)
                {
                    Unlock();
                }

                _lmdb.Dispose();
                _lmdb = fresh;
                _tryWithNul = Flags.HasFlag(TableFlags.TryWithNul) || !Flags.HasFlag(TableFlags.TryWithoutNul);
                _tryWithoutNul = Flags.HasFlag(TableFlags.TryWithoutNul) || !Flags.HasFlag(TableFlags.TryWithNul);
            }
            catch (IOException)
            {
                // Out of reach for this process, not for its successor.
                return false;
            }

            Registry.Settings.Info($"table {RegisteredName} has changed -- reopened");
            return true;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _leaseTimer.Dispose();
            _lmdb.Dispose();
        }
    }

    public override IEnumerable<KeyValuePair<string, string>> Entries()
    {
        List<(byte[] Key, byte[] Value)> raw;
        lock (_lock)
        {
            raw = Read(static lmdb => lmdb.ReadAll());
        }

        foreach ((byte[] key, byte[] value) in raw)
        {
            yield return KeyValuePair.Create(ByteString.FromBytes(IndexBuilder.WithoutNul(key)), ByteString.FromBytes(IndexBuilder.WithoutNul(value)));
        }
    }

    protected override ValueTask<LookupResult> FindAsync(string key, CancellationToken stop)
    {
        if (key.Length == 0 || key.Length + 1 > StackKey)
        {
            // The library stores neither empty keys nor keys above its limit.
            return new(LookupResult.NotFound);
        }

        Span<byte> bytes = stackalloc byte[StackKey];
        int length = ByteString.CopyTo(key, bytes);
        bytes[length] = 0;
        try
        {
            lock (_lock)
            {
                if (Posix.Fstat(_lmdb.File).Links == 0)
                {
                    TryReopen();
                }

                return new(Find(bytes[..(length + 1)]));
            }
        }
        catch (IOException error)
        {
            string text = $"{Reference}: {error.Message}";
            Registry.Settings.Warning(text);
            return new(LookupResult.Failed(text));
        }
    }

    protected override void Store(string key, string value)
    {
        byte[] keyBytes = IndexBuilder.Encode(key, _tryWithNul);
        byte[] valueBytes = IndexBuilder.Encode(value, _tryWithNul);
        Write(lmdb => lmdb.TryPut(keyBytes, valueBytes, replace: true));
    }

    protected override bool Remove(string key)
    {
        byte[] withNul = IndexBuilder.Encode(key, nul: true);
        return Write(lmdb =>
        {
            int with = _tryWithNul ? lmdb.TryDelete(withNul) : Lmdb.NotFound;
            int without = _tryWithoutNul && with is 0 or Lmdb.NotFound ? lmdb.TryDelete(withNul.AsSpan(0, withNul.Length - 1)) : with;
            return with == 0 && without == Lmdb.NotFound ? 0 : without;
        });
    }

    // The key ends in NUL; both ways of storing are tried until one is found to be the table's.
    private LookupResult Find(ReadOnlySpan<byte> key)
    {
        Begin();
        try
        {
            int code = Lmdb.NotFound;
            ReadOnlySpan<byte> value = default;
            if (_tryWithNul)
            {
                code = _lmdb.TryGet(key, out value);
                _tryWithoutNul &= code != 0;
            }

            if (code == Lmdb.NotFound && _tryWithoutNul)
            {
                code = _lmdb.TryGet(key[..^1], out value);
                _tryWithNul &= code != 0;
            }

            return code switch
            {
                0 => LookupResult.Found(ByteString.FromBytes(IndexBuilder.WithoutNul(value))),
                Lmdb.NotFound or Lmdb.BadValueSize => LookupResult.NotFound,
                _ => throw new LmdbException(code, "read", IndexBuilder.PathOf(Name)),
            };
        }
        finally
        {
            End();
        }
    }

    private void CheckReadable()
    {
        lock (_lock)
        {
            Begin();
            End();
        }
    }

    private T Read<T>(Func<Lmdb, T> read)
    {
        Begin();
        try
        {
            return read(_lmdb);
        }
        finally
        {
            End();
        }
    }

    // A lookup takes a microsecond, the lock several: so it is kept for a short while. In the pauses between, writers
    // get their turn.
    private void Begin()
    {
        if (!_isLocked)
        {
            Posix.LockRecord(_lmdb.File, RecordLock.Shared, wait: true);
            _isLocked = true;
        }

        try
        {
            try
            {
                _lmdb.BeginRead();
            }
            catch (LmdbException error) when (error.Code == Lmdb.MapResized)
            {
                _lmdb.SetMapSize(0);
                _lmdb.BeginRead();
            }
        }
        catch
        {
            Unlock();
            throw;
        }
    }

    private void End()
    {
        _lmdb.EndRead();
        long now = Environment.TickCount64;
        if (now >= _leaseEnd + PauseTime)
        {
            _leaseEnd = now + LeaseTime;
            _leaseTimer.Change(LeaseTime, Timeout.Infinite);
        }
        else if (now >= _leaseEnd)
        {
            Unlock();
        }
    }

    private void EndLease()
    {
        lock (_lock)
        {
            if (_isLocked && Environment.TickCount64 >= _leaseEnd)
            {
                Unlock();
            }
            else if (_isLocked)
            {
                _leaseTimer.Change(1, Timeout.Infinite);
            }
        }
    }

    private void Unlock()
    {
        Posix.LockRecord(_lmdb.File, RecordLock.Release, wait: true);
        _isLocked = false;
    }

    // True when the change was made, false when there was nothing to change.
    private bool Write(Func<Lmdb, int> change)
    {
        if (OpenMode == (int)TableAccess.ReadOnly)
        {
            throw new TableException($"{Reference}: table is open for reading only");
        }

        try
        {
            lock (_lock)
            {
                return WriteLocked(change);
            }
        }
        catch (IOException error)
        {
            throw new TableException($"{Reference}: {error.Message}", error);
        }
    }

    private bool WriteLocked(Func<Lmdb, int> change)
    {
        while (true)
        {
            // From shared to exclusive there is no direct way that two processes could not block each other on.
            Unlock();
            Posix.LockRecord(_lmdb.File, RecordLock.Exclusive, wait: true);
            try
            {
                int code = 0;
                bool done = false;
                try
                {
                    _lmdb.BeginWrite();
                    code = change(_lmdb);
                    if (code == 0)
                    {
                        _lmdb.Commit();
                        done = true;
                    }
                }
                catch (LmdbException error) when (error.Code is Lmdb.MapFull or Lmdb.MapResized)
                {
                    code = error.Code;
                }
                finally
                {
                    _lmdb.Abort();
                }

                if (done || code == Lmdb.NotFound)
                {
                    return done;
                }

                if (code is not (Lmdb.MapFull or Lmdb.MapResized))
                {
                    throw new LmdbException(code, "write", IndexBuilder.PathOf(Name));
                }

                _lmdb.SetMapSize(code == Lmdb.MapFull ? 2 * _lmdb.MapSize : 0);
            }
            finally
            {
                Unlock();
            }
        }
    }
}
