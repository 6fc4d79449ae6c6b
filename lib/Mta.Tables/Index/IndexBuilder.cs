using System.Globalization;
using Mta.Linux;
using Mta.Tables.Source;
using Mta.Text;

namespace Mta.Tables.Index;

/// <summary>What happens to a key that a source holds twice.</summary>
public enum DuplicateRule
{
    /// <summary>A warning; the first one stays.</summary>
    Warn,

    /// <summary>The first one stays.</summary>
    Ignore,

    /// <summary>The last one counts.</summary>
    Replace,
}

/// <summary>How an index is made from its source.</summary>
public sealed record IndexOptions
{
    public DuplicateRule Duplicates { get; init; } = DuplicateRule.Warn;

    /// <summary>Keys are stored in lower case.</summary>
    public bool Fold { get; init; } = true;

    /// <summary>Keys and values must be valid UTF-8, and are folded as Unicode.</summary>
    public bool Utf8 { get; init; } = true;

    /// <summary>Store the trailing NUL of keys and values; null takes the type's habit.</summary>
    public bool? TrailingNul { get; init; }

    /// <summary>Permission bits of a new index, before the umask.</summary>
    public int Mode { get; init; } = 0x1A4; // 0644

    /// <summary>First size limit of an lmdb file in bytes; doubled as needed.</summary>
    public long MapSize { get; init; } = 16_777_216;

    /// <summary>Receives what stands after <c>warning: </c>.</summary>
    public Action<string> Warning { get; init; } = static _ => { };
}

/// <summary>
/// Makes indexed tables. A new index is written beside the old one under a name of its own, flushed, and renamed
/// into place: readers see the old one or the new one, and a crash leaves the old one and a stray temporary file.
/// </summary>
public static class IndexBuilder
{
    // Bytes of an lmdb page that an entry takes besides key and value.
    private const int EntryOverhead = 16;

    /// <summary>The types that are made from a source.</summary>
    public static bool CanBuild(string type) => type is "hash" or "btree" or "lmdb" or "cdb";

    /// <summary>The index file of a table of the lmdb family.</summary>
    public static string PathOf(string name) => name + ".lmdb";

    /// <summary>The index file of a table.</summary>
    public static string PathOf(string type, string name) => type == "cdb" ? name + ".cdb" : PathOf(name);

    /// <summary>Makes an index and puts it in the place of the old one.</summary>
    /// <param name="type">hash, btree, lmdb or cdb.</param>
    /// <param name="name">The table's name: the source's path.</param>
    /// <param name="entries">What goes in, in order; read once.</param>
    /// <param name="options">How.</param>
    /// <exception cref="TableException">The index cannot be written; the old one is still there.</exception>
    public static void Build(string type, string name, IEnumerable<SourceEntry> entries, IndexOptions options)
    {
        if (!CanBuild(type))
        {
            throw new TableException($"unsupported dictionary type: {type} does not support bulk-mode creation.");
        }

        string path = PathOf(type, name);
        string shown = type == "lmdb" ? $"lmdb:{name}" : path;
        string temporary = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}.{Random.Shared.Next():x8}.tmp");
        bool nul = options.TrailingNul ?? type != "cdb";
        IndexContent content = Collect(entries, shown, nul, options);
        try
        {
            using (FileHandle created = Posix.Open(temporary, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, options.Mode))
            {
                if (type == "cdb")
                {
                    CdbFile.Write(created, content);
                }
                else
                {
                    WriteLmdb(temporary, shown, content, options.MapSize);
                }

                Posix.Fsync(created);
                Posix.Close(created);
            }

            Posix.Rename(temporary, path);
            Posix.FsyncDirectory(PathNames.DirectoryOf(path));
        }
        catch (TableException)
        {
            Posix.TryUnlink(temporary);
            throw;
        }
        catch (IOException error)
        {
            Posix.TryUnlink(temporary);
            string reason = error is LinuxException { Call: "open" } linux ? $"open database {path}: {linux.Reason}" : $"{shown}: {error.Message}";
            throw new TableException(reason, error);
        }
    }

    /// <summary>Says whether an index is missing, or older than its source.</summary>
    /// <returns>False also when there is no source.</returns>
    public static bool IsStale(string type, string name)
    {
        if (Posix.TryStat(name, out FileStatus source) != 0)
        {
            return false;
        }

        return Posix.TryStat(PathOf(type, name), out FileStatus index) != 0 || source.ModifyTime > index.ModifyTime;
    }

    /// <summary>Permission bits of an index: its source's, for group and others too.</summary>
    public static int ModeFor(SourceFile source) => (source.Status.Permissions & 0x1B6) | 0x180; // 0666, at least 0600

    /// <summary>Stores entries in an index that exists, each in order.</summary>
    /// <exception cref="TableException">It cannot be changed.</exception>
    public static async Task AddAsync(LookupTable table, IEnumerable<SourceEntry> entries, IndexOptions options)
    {
        foreach (SourceEntry entry in entries)
        {
            if (options.Duplicates != DuplicateRule.Replace && (await table.LookupAsync(entry.Key)).IsFound)
            {
                if (options.Duplicates == DuplicateRule.Warn)
                {
                    string shown = table.Type == "lmdb" ? table.Reference : PathOf(table.Type, table.Name);
                    options.Warning($"{shown}: duplicate entry: \"{Printable.Neutralize(options.Fold ? CaseFolding.Fold(entry.Key, options.Utf8) : entry.Key)}\"");
                }

                continue;
            }

            table.Update(entry.Key, entry.Value);
        }
    }

    internal static void WarnIfStale(string path, string sourcePath, FileStatus index, Action<string> warn)
    {
        // A source that changed in the last moments is being worked on, and its index is about to be made.
        if (Posix.TryStat(sourcePath, out FileStatus source) == 0
            && source.ModifyTime > index.ModifyTime
            && source.ModifyTime < DateTime.UtcNow.AddSeconds(-100))
        {
            warn($"database {path} is older than source file {sourcePath}");
        }
    }

    internal static void CreateEmpty(string path, long mapSize)
    {
        int errno = Posix.TryOpen(path, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, 0x1A4, out FileHandle file);
        if (errno == Errno.EEXIST)
        {
            return;
        }

        if (errno != 0)
        {
            throw new LinuxException(errno, "open", path);
        }

        file.Dispose();
        WriteLmdb(path, path, new IndexContent(), mapSize);
    }

    internal static byte[] Encode(string text, bool nul)
    {
        byte[] bytes = new byte[text.Length + (nul ? 1 : 0)];
        ByteString.CopyTo(text, bytes);
        return bytes;
    }

    /// <summary>What stands before the first NUL.</summary>
    internal static ReadOnlySpan<byte> WithoutNul(ReadOnlySpan<byte> bytes)
    {
        int nul = bytes.IndexOf((byte)0);
        return nul < 0 ? bytes : bytes[..nul];
    }

    private static IndexContent Collect(IEnumerable<SourceEntry> entries, string shown, bool nul, IndexOptions options)
    {
        IndexContent content = new();
        foreach (SourceEntry entry in entries)
        {
            string key = options.Fold && !entry.IsRaw ? CaseFolding.Fold(entry.Key, options.Utf8) : entry.Key;
            if (!content.Add(key, entry.Value, nul && !entry.IsRaw, options.Duplicates == DuplicateRule.Replace) && options.Duplicates == DuplicateRule.Warn)
            {
                options.Warning($"{shown}: duplicate entry: \"{Printable.Neutralize(key)}\"");
            }
        }

        return content;
    }

    private static void WriteLmdb(string path, string shown, IndexContent content, long mapSize)
    {
        // What the pages need besides is guessed: loading anew with twice the room is a waste.
        while (mapSize < (content.Size + (EntryOverhead * content.Count)) * 5 / 4)
        {
            mapSize *= 2;
        }

        // In the order of the keys pages fill up one after the other.
        int[] order = content.InOrder();
        using Lmdb lmdb = Lmdb.Open(path, writable: true, mapSize, 0x1A4, sync: false);
        while (!TryLoad(lmdb, content, order, shown))
        {
            mapSize *= 2;
            lmdb.SetMapSize(mapSize);
        }
    }

    private static bool TryLoad(Lmdb lmdb, IndexContent content, int[] order, string shown)
    {
        lmdb.BeginWrite();
        try
        {
            foreach (int number in order)
            {
                int code = lmdb.TryAppend(content.Key(number), content.Value(number));
                if (code == Lmdb.MapFull)
                {
                    return false;
                }

                if (code != 0)
                {
                    throw new TableException($"error updating {shown}: {Lmdb.ErrorText(code)}");
                }
            }

            lmdb.Commit();
            return true;
        }
        catch (LmdbException error) when (error.Code == Lmdb.MapFull)
        {
            return false;
        }
        finally
        {
            lmdb.Abort();
        }
    }
}
