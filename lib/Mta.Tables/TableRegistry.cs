using Mta.Tables.Types;
using Mta.Text;

namespace Mta.Tables;

/// <summary>Makes a table of one type.</summary>
/// <exception cref="TableException">The table cannot be opened; the text says why.</exception>
public delegate LookupTable TableOpener(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access);

/// <summary>What a table is opened for.</summary>
public enum TableAccess
{
    /// <summary>Lookups.</summary>
    ReadOnly = 0,

    /// <summary>Lookups and updates; the table exists.</summary>
    ReadWrite = 2,

    /// <summary>Lookups and updates; the table is made if it does not exist.</summary>
    Create = 0x42,
}

/// <summary>
/// Knows the table types and holds the open tables of a process: the same type, name, access and flags share one
/// table. Open what is needed before privileges and the root directory change; lookups may run on any thread.
/// </summary>
public sealed class TableRegistry
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TableOpener> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Reference, TableAccess Access, TableFlags Flags), LookupTable> _open = [];

    public TableRegistry(TableSettings settings)
    {
        Settings = settings;
        BuiltInTypes.Register(this);
    }

    public TableSettings Settings { get; }

    /// <summary>Names of all known types, sorted (postconf -m).</summary>
    public IReadOnlyList<string> Types
    {
        get
        {
            lock (_lock)
            {
                List<string> names = [.. _types.Keys];
                names.Sort(StringComparer.Ordinal);
                return names;
            }
        }
    }

    /// <summary>Adds a type; the last one under a name counts.</summary>
    public void Register(string type, TableOpener opener)
    {
        lock (_lock)
        {
            _types[type] = opener;
        }
    }

    /// <summary>True for a type this process can open.</summary>
    public bool Knows(string type)
    {
        lock (_lock)
        {
            return _types.ContainsKey(type);
        }
    }

    /// <summary>
    /// Opens a table, or returns the one that is open already. With <see cref="TableSettings.UseSurrogates"/> a
    /// failure is reported as an error, and the table returned answers every lookup with that failure.
    /// </summary>
    /// <param name="reference"><c>type:name</c>.</param>
    /// <exception cref="FatalException">The table cannot be opened, and surrogates are off.</exception>
    public LookupTable Open(string reference, TableFlags flags = TableFlags.Usual, TableAccess access = TableAccess.ReadOnly)
    {
        lock (_lock)
        {
            if (_open.TryGetValue((reference, access, flags), out LookupTable? table))
            {
                return table;
            }

            if (!TryOpenNew(reference, flags, access, out table, out string error))
            {
                if (!Settings.UseSurrogates)
                {
                    throw new FatalException(error);
                }

                Settings.Error(error);
                table = new SurrogateTable(this, reference, flags, error);
            }

            table.OpenMode = (int)access;
            _open[(reference, access, flags)] = table;
            return table;
        }
    }

    /// <summary>Opens a table, or returns the one that is open already, and reports failure as a value.</summary>
    /// <param name="error">The text that would stand behind <c>fatal: </c> or <c>error: </c>.</param>
    public bool TryOpen(string reference, TableFlags flags, TableAccess access, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out LookupTable? table, out string error)
    {
        lock (_lock)
        {
            error = "";
            if (_open.TryGetValue((reference, access, flags), out table) && table is not SurrogateTable)
            {
                return true;
            }

            if (!TryOpenNew(reference, flags, access, out table, out error))
            {
                return false;
            }

            table.OpenMode = (int)access;
            _open[(reference, access, flags)] = table;
            return true;
        }
    }

    /// <summary>
    /// The registered name of a table whose data was replaced since it was opened and that cannot be opened anew in
    /// place, or null: daemons log <c>table NAME has changed -- restarting</c> and retire.
    /// </summary>
    public string? FindChanged()
    {
        lock (_lock)
        {
            foreach (LookupTable table in _open.Values)
            {
                if (table.HasChanged && !table.TryReopen())
                {
                    return table.RegisteredName;
                }
            }
        }

        return null;
    }

    /// <summary>Splits <c>type:name</c> at the first colon; both sides must hold something.</summary>
    public static bool TrySplit(string reference, out string type, out string name)
    {
        int colon = reference.IndexOf(':', StringComparison.Ordinal);
        type = colon > 0 ? reference[..colon] : "";
        name = colon > 0 ? reference[(colon + 1)..] : "";
        return type.Length > 0 && name.Length > 0;
    }

    private bool TryOpenNew(string reference, TableFlags flags, TableAccess access, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out LookupTable? table, out string error)
    {
        table = null;
        if (!TrySplit(reference, out string type, out string name))
        {
            error = $"open dictionary: expecting \"type:name\" form instead of \"{reference}\"";
            return false;
        }

        if (!_types.TryGetValue(type, out TableOpener? opener))
        {
            error = $"unsupported dictionary type: {type}";
            return false;
        }

        try
        {
            table = opener(this, type, name, flags, access);
            error = "";
            return true;
        }
        catch (TableException failure)
        {
            error = failure.Message;
            return false;
        }
    }
}
