using Mta.Text;

namespace Mta.Tables;

/// <summary>
/// A list of tables as in <c>xxx_maps</c> parameters, searched in order: the first table that has the key answers,
/// and the first failure stops the search. Lookups may run on any thread.
/// </summary>
public sealed class TableList
{
    private readonly TableRegistry _registry;
    private readonly LookupTable[] _tables;

    private TableList(TableRegistry registry, string title, LookupTable[] tables)
    {
        _registry = registry;
        Title = title;
        _tables = tables;
    }

    /// <summary>The parameter's name, for log lines.</summary>
    public string Title { get; }

    public IReadOnlyList<LookupTable> Tables => _tables;

    public bool IsEmpty => _tables.Length == 0;

    /// <summary>True when at least one table takes partial keys.</summary>
    public bool HasFixedTables => Array.Exists(_tables, static table => !table.IsPattern);

    /// <summary>Opens every table of a list.</summary>
    /// <param name="title">The parameter's name.</param>
    /// <param name="references">The parameter's value.</param>
    /// <exception cref="FatalException">A table cannot be opened, and surrogates are off.</exception>
    public static TableList Open(TableRegistry registry, string title, string references, TableFlags flags = TableFlags.Usual)
    {
        List<LookupTable> tables = [];
        foreach (string reference in TableListSyntax.Split(references))
        {
            tables.Add(registry.Open(reference, flags));
        }

        return new TableList(registry, title, [.. tables]);
    }

    /// <summary>Looks a key up. The empty key is never found.</summary>
    /// <param name="partial">The key is a part of what is looked for (user, @domain, parent domain): pattern tables are passed over.</param>
    public ValueTask<LookupResult> LookupAsync(string key, bool partial = false, CancellationToken stop = default)
    {
        if (key.Length == 0)
        {
            return new ValueTask<LookupResult>(LookupResult.NotFound);
        }

        for (int i = 0; i < _tables.Length; i++)
        {
            if (partial && _tables[i].IsPattern)
            {
                continue;
            }

            ValueTask<LookupResult> lookup = _tables[i].LookupAsync(key, stop);
            if (!lookup.IsCompletedSuccessfully)
            {
                return ContinueAsync(lookup, i, key, partial, stop);
            }

            LookupResult result = lookup.Result;
            if (!result.IsNotFound)
            {
                return new ValueTask<LookupResult>(Judge(result, _tables[i], key));
            }
        }

        return new ValueTask<LookupResult>(LookupResult.NotFound);
    }

    /// <summary>Looks bytes up without making a string of them.</summary>
    /// <returns>False when a table cannot do that: nothing is known then, ask <see cref="LookupAsync"/>.</returns>
    public bool TryLookup(ReadOnlySpan<byte> key, out LookupResult result)
    {
        result = LookupResult.NotFound;
        if (key.IsEmpty)
        {
            return true;
        }

        foreach (LookupTable table in _tables)
        {
            if (!table.TryLookup(key, out result))
            {
                return false;
            }

            if (!result.IsNotFound)
            {
                result = Judge(result, table, ByteString.FromBytes(key));
                return true;
            }
        }

        return true;
    }

    private async ValueTask<LookupResult> ContinueAsync(ValueTask<LookupResult> pending, int index, string key, bool partial, CancellationToken stop)
    {
        while (true)
        {
            LookupResult result = await pending;
            if (!result.IsNotFound)
            {
                return Judge(result, _tables[index], key);
            }

            do
            {
                if (++index == _tables.Length)
                {
                    return LookupResult.NotFound;
                }
            }
            while (partial && _tables[index].IsPattern);

            pending = _tables[index].LookupAsync(key, stop);
        }
    }

    private LookupResult Judge(LookupResult result, LookupTable table, string key)
    {
        if (result.IsFailed)
        {
            _registry.Settings.Warning($"{table.Reference} lookup error for \"{Shorten(key)}\"");
        }
        else if (result.Value.Length == 0)
        {
            _registry.Settings.Warning($"{Title} lookup of {Printable.Neutralize(key)} returns an empty string result");
            _registry.Settings.Warning($"{Title} should return NO RESULT in case of NOT FOUND");
            result = LookupResult.Failed($"{Title} lookup of {key} returns an empty string result", LookupFailure.Configuration);
        }

        return result.From(table);
    }

    private const int MaxShown = 2000; // A log line takes no more.

    private static string Shorten(string key) => Printable.Neutralize(key.Length > MaxShown ? key[..MaxShown] : key);
}
