using Mta.Linux;
using Mta.Tables.Source;
using Mta.Text;

namespace Mta.Tables.Types;

/// <summary><c>texthash:FILE</c>: a postmap source, read into memory when it is opened and never again.</summary>
internal sealed class TextHashTable : MemoryTable
{
    private TextHashTable(TableRegistry registry, string type, string name, TableFlags flags, TableOwner owner)
        : base(registry, type, name, flags) => Owner = owner;

    public override TableOwner Owner { get; }

    public static LookupTable Open(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access)
    {
        BuiltInTypes.RequireReadOnly(type, name, access);
        SourceFile source;
        try
        {
            source = SourceFile.Read(name);
        }
        catch (LinuxException error)
        {
            throw new TableException($"open database {name}: {error.Reason}", error);
        }

        TextHashTable table = new(registry, type, name, flags, TableOwner.OfFile(source.Status.UserId));
        foreach (SourceEntry entry in MapSource.Read(source.Content, name, table.UsesUtf8, " -- ignoring this line", registry.Settings.Warning))
        {
            string key = table.FoldsKeys ? CaseFolding.Fold(entry.Key, table.UsesUtf8) : entry.Key;
            if (table.Contains(key) && !flags.HasFlag(TableFlags.ReplaceDuplicate))
            {
                string duplicate = $"{name}, line {entry.Line.First}: duplicate entry: \"{Printable.Neutralize(entry.Key)}\"";
                if (flags.HasFlag(TableFlags.WarnDuplicate))
                {
                    registry.Settings.Warning(duplicate);
                }
                else if (!flags.HasFlag(TableFlags.IgnoreDuplicate))
                {
                    throw new TableException(duplicate);
                }

                continue;
            }

            string value = entry.Value;
            if (flags.HasFlag(TableFlags.SourceNamesFiles) && !FileValues.TryRead(entry.Value, out value, out string problem))
            {
                registry.Settings.Warning($"{name}, line {entry.Line.First}: {problem}: skipping this entry");
                continue;
            }

            table.Set(key, value);
        }

        return table;
    }
}
