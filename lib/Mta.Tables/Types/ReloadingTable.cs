using Mta.Linux;
using Mta.Text;

namespace Mta.Tables.Types;

/// <summary>
/// A table that is read from a file as a whole (<c>texthash</c>, <c>regexp</c>, <c>pcre</c>, <c>cidr</c>), and read
/// again when the file changes, so that no process has to be told. While the new content cannot be read the old one
/// stays in force; where the file cannot be reached any more (another root directory, lost rights),
/// <see cref="HasChanged"/> lets the process retire instead.
/// </summary>
internal sealed class ReloadingTable : LookupTable
{
    // The file is looked at no more often than this, and a file that is being written is left alone until it rests.
    private const int Interval = 1000;
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);
    private readonly Lock _lock = new();
    private readonly TableOpener _open;
    private volatile LookupTable _content;
    private FileHandle _file;
    private FileStatus _status;
    private long _nextLook = Environment.TickCount64 + Interval;
    private DateTime _refused;

    private ReloadingTable(TableRegistry registry, string type, string name, TableFlags flags, TableOpener open, LookupTable content, FileHandle file)
        : base(registry, type, name, flags | (content.IsPattern ? TableFlags.Pattern : TableFlags.Fixed))
    {
        _open = open;
        _content = content;
        _file = file;
        _status = Posix.Fstat(file);
    }

    public override TableOwner Owner => _content.Owner;

    public override bool HasSequence => _content.HasSequence;

    public override bool HasChanged
    {
        get
        {
            lock (_lock)
            {
                FileStatus now = Posix.Fstat(_file);
                return now.Links == 0 || !IsSame(now, _status);
            }
        }
    }

    /// <summary>Makes a type reload its file; rules that stand in the name itself have none.</summary>
    public static TableOpener Around(TableOpener open) => (registry, type, name, flags, access) =>
    {
        // Opened before it is read: a change between the two is seen.
        if (name[0] == '{' || access != TableAccess.ReadOnly || Posix.TryOpen(name, OpenFlags.ReadOnly | OpenFlags.NonBlocking, 0, out FileHandle file) != 0)
        {
            return open(registry, type, name, flags, access);
        }

        try
        {
            LookupTable content = open(registry, type, name, flags, access);
            if (Posix.Fstat(file).IsRegular)
            {
                return new ReloadingTable(registry, type, name, flags, open, content, file);
            }

            file.Dispose();
            return content;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    };

    public override IEnumerable<KeyValuePair<string, string>> Entries() => _content.Entries();

    public override bool TryReopen()
    {
        lock (_lock)
        {
            int errno = Posix.TryOpen(Name, OpenFlags.ReadOnly | OpenFlags.NonBlocking, 0, out FileHandle file);
            if (errno != 0)
            {
                return false;
            }

            FileStatus now = Posix.Fstat(file);
            bool replaced = now.Inode != _status.Inode || now.Device != _status.Device;
            if ((IsSame(now, _status) && !replaced) || (!replaced && DateTime.UtcNow - now.ModifyTime < Quiet))
            {
                file.Dispose();
                return true;
            }

            try
            {
                _content = _open(Registry, Type, Name, RequestFlags, TableAccess.ReadOnly);
                Registry.Settings.Info($"table {RegisteredName} has changed -- reopened");
            }
            catch (TableException error)
            {
                file.Dispose();
                if (_refused != now.ModifyTime)
                {
                    _refused = now.ModifyTime;
                    Registry.Settings.Warning($"table {RegisteredName} has changed and is not usable, the old content stays: {error.Message}");
                }

                return true;
            }

            _file.Dispose();
            _file = file;
            _status = now;
            return true;
        }
    }

    protected override ValueTask<LookupResult> FindAsync(string key, CancellationToken stop)
    {
        LookNowAndThen();
        return _content.FindPrepared(key, stop);
    }

    protected override bool TryFind(ReadOnlySpan<byte> key, out LookupResult result)
    {
        LookNowAndThen();
        return _content.TryFindPrepared(key, out result);
    }

    private void LookNowAndThen()
    {
        long now = Environment.TickCount64;
        long next = Interlocked.Read(ref _nextLook);
        if (now >= next && Interlocked.CompareExchange(ref _nextLook, now + Interval, next) == next)
        {
            Look();
        }
    }

    private static bool IsSame(FileStatus one, FileStatus other) => one.Inode == other.Inode && one.Size == other.Size && one.ModifyTime == other.ModifyTime;

    private void Look()
    {
        try
        {
            TryReopen();
        }
        catch (IOException error)
        {
            Registry.Settings.Warning($"{Reference}: {Printable.Neutralize(error.Message)}");
        }
    }
}
