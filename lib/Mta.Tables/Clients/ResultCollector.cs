using System.Text;

namespace Mta.Tables.Clients;

/// <summary>Gathers the values of one answer: formats each, joins them by commas, and counts.</summary>
internal sealed class ResultCollector(LookupTable table, TableSettings settings, QueryTemplate format, int limit, string key)
{
    private readonly StringBuilder _joined = new();
    private int _count;

    /// <summary>More values came than the table may give.</summary>
    public bool IsOverLimit { get; private set; }

    /// <summary>What was gathered: found, not found, or a failure when there was too much.</summary>
    public LookupResult Result
    {
        get
        {
            if (IsOverLimit)
            {
                string text = $"{table.Type}:{table.Name}: Expansion limit exceeded for key: '{Mta.Text.Printable.Neutralize(key)}'";
                settings.Warning(text);
                return LookupResult.Failed(text);
            }

            return _joined.Length > 0 ? LookupResult.Found(_joined.ToString()) : LookupResult.NotFound;
        }
    }

    /// <summary>Takes one value. A NULL of a database counts as an empty one.</summary>
    public void Add(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            settings.Warning($"table \"{table.Type}:{table.Name}\": empty lookup result for: \"{Mta.Text.Printable.Neutralize(key)}\" -- ignored");
            return;
        }

        int nul = value.IndexOf('\0', StringComparison.Ordinal);
        value = nul < 0 ? value : value[..nul];
        string formatted = value;
        if (!format.IsPlain && !format.TryExpandResult(key, value, out formatted))
        {
            return;
        }

        if (limit > 0 && _count >= limit)
        {
            IsOverLimit = true;
            return;
        }

        _count++;
        _joined.Append(_joined.Length > 0 ? "," : "").Append(formatted);
    }
}
