using Mta.Text;

namespace Mta.Tables;

/// <summary>
/// A <c>type:name</c> table. Lookups may run on many threads at the same time. Keys and values are byte strings.
/// A subclass implements <see cref="FindAsync"/>; folding and UTF-8 checks are done here, once for all types.
/// </summary>
public abstract class LookupTable
{
    private TableFlags _flags;
    private bool _folds;

    /// <param name="flags">What the caller asked for, with <see cref="TableFlags.Fixed"/> or <see cref="TableFlags.Pattern"/> added by the type.</param>
    protected LookupTable(TableRegistry registry, string type, string name, TableFlags flags)
    {
        Registry = registry;
        Type = type;
        Name = name;
        RequestFlags = flags & ~(TableFlags.Fixed | TableFlags.Pattern | TableFlags.MultiWriter);
        Flags = flags;
    }

    /// <summary>The word before the first colon.</summary>
    public string Type { get; }

    /// <summary>The text after the first colon.</summary>
    public string Name { get; }

    /// <summary><c>type:name</c>.</summary>
    public string Reference => $"{Type}:{Name}";

    /// <summary>What the caller asked for.</summary>
    public TableFlags RequestFlags { get; }

    /// <summary>What the caller asked for and what the table tells about itself.</summary>
    public TableFlags Flags
    {
        get => _flags;
        protected set
        {
            _flags = value;
            if (value.HasFlag(TableFlags.Utf8Request) && Registry.Settings.Utf8)
            {
                _flags |= TableFlags.Utf8Active;
            }

            _folds = IsPattern ? value.HasFlag(TableFlags.FoldPattern) : value.HasFlag(TableFlags.FoldFixed);
        }
    }

    /// <summary>The whole key only: partial keys (user, @domain, parent domain) are never asked for.</summary>
    public bool IsPattern => _flags.HasFlag(TableFlags.Pattern);

    /// <summary>The name in log lines: <c>hash:/etc/aliases(0,lock|fold_fix|utf8_request)</c>.</summary>
    public string RegisteredName => $"{Reference}({Convert.ToString(OpenMode, 8)},{TableFlagsText.Format(RequestFlags)})";

    /// <summary>Who controls what the table says.</summary>
    public virtual TableOwner Owner => TableOwner.Trusted;

    /// <summary>True when the data behind the open table was replaced: the process should retire and start afresh.</summary>
    public virtual bool HasChanged => false;

    /// <summary>Opens the data anew where it was replaced, if this process can reach it.</summary>
    /// <returns>False when only a new process can.</returns>
    public virtual bool TryReopen() => false;

    /// <summary>True when <see cref="Entries"/> is possible.</summary>
    public virtual bool HasSequence => false;

    internal int OpenMode { get; set; }

    /// <summary>The registry that opened the table: settings, and where warnings go.</summary>
    protected TableRegistry Registry { get; }

    /// <summary>Looks a key up. In-memory and indexed tables complete at once.</summary>
    public ValueTask<LookupResult> LookupAsync(string key, CancellationToken stop = default)
    {
        if (!Prepare(ref key))
        {
            return new ValueTask<LookupResult>(LookupResult.NotFound);
        }

        ValueTask<LookupResult> found = FindAsync(key, stop);
        if (!_flags.HasFlag(TableFlags.Utf8Active))
        {
            return found;
        }

        return found.IsCompletedSuccessfully ? new ValueTask<LookupResult>(Check(found.Result)) : WaitAsync(found);
    }

    /// <summary>
    /// Looks bytes up without making a string of them, where the table can do that and answers at once: rules of
    /// expressions do.
    /// </summary>
    /// <returns>False when <see cref="LookupAsync"/> must be asked instead.</returns>
    public bool TryLookup(ReadOnlySpan<byte> key, out LookupResult result)
    {
        result = default;
        return !_folds && !_flags.HasFlag(TableFlags.Utf8Active) && TryFind(key, out result);
    }

    /// <summary>Finds bytes that another table has judged.</summary>
    internal bool TryFindPrepared(ReadOnlySpan<byte> key, out LookupResult result) => TryFind(key, out result);

    /// <summary>Finds a key that another table has folded and checked.</summary>
    internal ValueTask<LookupResult> FindPrepared(string key, CancellationToken stop) => FindAsync(key, stop);

    /// <summary>All entries in the table's own order.</summary>
    /// <exception cref="TableException">The type cannot list its entries.</exception>
    public virtual IEnumerable<KeyValuePair<string, string>> Entries() =>
        throw new TableException($"{Reference} map does not support sequence operations");

    /// <summary>Adds or replaces an entry.</summary>
    /// <exception cref="TableException">The table is not writable, or writing failed.</exception>
    public void Update(string key, string value)
    {
        if (Prepare(ref key))
        {
            Store(key, value);
        }
    }

    /// <summary>Removes an entry.</summary>
    /// <returns>False when there was none.</returns>
    /// <exception cref="TableException">The table is not writable, or writing failed.</exception>
    public bool Delete(string key) => Prepare(ref key) && Remove(key);

    public override string ToString() => Reference;

    /// <summary>Finds a key that is folded and checked already. Called on any thread.</summary>
    protected abstract ValueTask<LookupResult> FindAsync(string key, CancellationToken stop);

    /// <summary>Finds bytes that need no folding; false when only <see cref="FindAsync"/> can.</summary>
    protected virtual bool TryFind(ReadOnlySpan<byte> key, out LookupResult result)
    {
        result = default;
        return false;
    }

    protected virtual void Store(string key, string value) =>
        throw new TableException($"{Reference} map does not support update operations");

    protected virtual bool Remove(string key) =>
        throw new TableException($"{Reference} map does not support delete operations");

    private bool Prepare(ref string key)
    {
        if (_flags.HasFlag(TableFlags.Utf8Active) && !Ascii.IsAscii(key))
        {
            if (!ByteString.TryToUnicode(key, out string unicode))
            {
                Registry.Settings.Warning($"{Reference}: non-UTF-8 key \"{Printable.Neutralize(key)}\": malformed UTF-8 or invalid codepoint");
                return false;
            }

            if (_folds)
            {
                key = CaseFolding.FoldUnicode(unicode);
            }

            return true;
        }

        if (_folds)
        {
            key = Ascii.ToLower(key);
        }

        return true;
    }

    private async ValueTask<LookupResult> WaitAsync(ValueTask<LookupResult> pending) => Check(await pending);

    private LookupResult Check(LookupResult result)
    {
        if (!result.IsFound || Ascii.IsAscii(result.Value) || ByteString.TryToUnicode(result.Value, out _))
        {
            return result;
        }

        string text = $"{Reference}: non-UTF-8 value \"{Printable.Neutralize(result.Value)}\": malformed UTF-8 or invalid codepoint";
        Registry.Settings.Warning(text);
        return LookupResult.Failed(text, LookupFailure.Configuration);
    }
}
