using Mta.Linux;
using Mta.Tables.Index;
using Mta.Text;

namespace Mta.Tables.Types;

/// <summary><c>cdb:NAME</c>: a constant database, replaced as a whole when it changes.</summary>
internal sealed class CdbTable : LookupTable
{
    private readonly Lock _lock = new();
    private volatile CdbFile _cdb;
    private DateTime _modified;
    private volatile bool _tryWithNul = true;
    private volatile bool _tryWithoutNul = true;

    private CdbTable(TableRegistry registry, string type, string name, TableFlags flags, CdbFile cdb)
        : base(registry, type, name, flags | TableFlags.Fixed)
    {
        _cdb = cdb;
        FileStatus status = Posix.Fstat(cdb.File);
        Owner = TableOwner.OfFile(status.UserId);
        _modified = status.ModifyTime;
        IndexBuilder.WarnIfStale(IndexBuilder.PathOf("cdb", name), name, status, registry.Settings.Warning);
    }

    public override TableOwner Owner { get; }

    public override bool HasSequence => true;

    public override bool HasChanged
    {
        get
        {
            FileStatus status = Posix.Fstat(_cdb.File);
            return status.Links == 0 || status.ModifyTime != _modified;
        }
    }

    public override bool TryReopen()
    {
        lock (_lock)
        {
            if (!HasChanged)
            {
                return true;
            }

            try
            {
                CdbFile fresh = CdbFile.Open(IndexBuilder.PathOf("cdb", Name));
                _modified = Posix.Fstat(fresh.File).ModifyTime;

                // Lookups on other threads may still read the old one: its handle closes when they are done.
                _cdb = fresh;
                _tryWithNul = _tryWithoutNul = true;
            }
            catch (IOException)
            {
                return false;
            }
        }

        Registry.Settings.Info($"table {RegisteredName} has changed -- reopened");
        return true;
    }

    public static LookupTable Open(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access)
    {
        if (access != TableAccess.ReadOnly)
        {
            throw new TableException($"{type}:{name}: unsupported non-bulk change request");
        }

        string path = IndexBuilder.PathOf("cdb", name);
        try
        {
            return new CdbTable(registry, type, name, flags, CdbFile.Open(path));
        }
        catch (LinuxException error)
        {
            throw new TableException($"open database {path}: {error.Reason}", error);
        }
        catch (InvalidDataException error)
        {
            throw new TableException($"open database {path}: {error.Message}", error);
        }
    }

    public override IEnumerable<KeyValuePair<string, string>> Entries()
    {
        foreach ((byte[] key, byte[] value) in _cdb.Records())
        {
            yield return KeyValuePair.Create(ByteString.FromBytes(IndexBuilder.WithoutNul(key)), ByteString.FromBytes(IndexBuilder.WithoutNul(value)));
        }
    }

    protected override ValueTask<LookupResult> FindAsync(string key, CancellationToken stop)
    {
        byte[] bytes = IndexBuilder.Encode(key, nul: true);
        try
        {
            if (Posix.Fstat(_cdb.File).Links == 0)
            {
                TryReopen();
            }

            CdbFile cdb = _cdb;
            byte[]? value = null;
            if (_tryWithoutNul)
            {
                value = cdb.Find(bytes.AsSpan(0, key.Length));
                _tryWithNul &= value is null;
            }

            if (value is null && _tryWithNul)
            {
                value = cdb.Find(bytes);
                _tryWithoutNul &= value is null;
            }

            return new(value is null ? LookupResult.NotFound : LookupResult.Found(ByteString.FromBytes(IndexBuilder.WithoutNul(value))));
        }
        catch (IOException error)
        {
            string text = $"{Reference}: {error.Message}";
            Registry.Settings.Warning(text);
            return new(LookupResult.Failed(text));
        }
    }
}
