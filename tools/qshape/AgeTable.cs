using System.Globalization;
using System.Numerics;
using System.Text;

namespace Mta.Qshape;

/// <summary>Counts by domain and age, and their layout.</summary>
internal sealed class AgeTable(QshapeOptions options)
{
    private const int NarrowestName = 18;
    private readonly Dictionary<string, int[]> _rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _subdomains = new(StringComparer.Ordinal);
    private readonly int[] _total = new int[options.Buckets + 1];

    /// <summary>Messages taken.</summary>
    public int Messages { get; set; }

    /// <param name="address">As in the queue file.</param>
    /// <param name="minutes">Age.</param>
    public void Add(string address, double minutes)
    {
        string domain = DomainOf(address);
        int bucket = BucketOf(minutes);
        Count(domain, bucket);
        _total[0]++;
        _total[bucket]++;
        if (!options.Parents)
        {
            return;
        }

        // Every parent but the top level, which says nothing.
        string child = domain;
        for (int dot = domain.IndexOf('.', StringComparison.Ordinal); dot >= 0 && domain.IndexOf('.', dot + 1) > 0; dot = domain.IndexOf('.', dot + 1))
        {
            string parent = domain[dot..];
            Count(parent, bucket);
            if (!_subdomains.TryGetValue(parent, out HashSet<string>? below))
            {
                _subdomains[parent] = below = new HashSet<string>(StringComparer.Ordinal);
            }

            below.Add(child);
            child = parent;
        }
    }

    /// <param name="most">Rows shown at most.</param>
    public string Format(int most)
    {
        string[] headings = Headings();
        int[] widths = new int[headings.Length];
        int used = 0;
        for (int i = 0; i < widths.Length; i++)
        {
            widths[i] = Math.Max(3, 1 + Math.Max(headings[i].Length, _total[i].ToString(CultureInfo.InvariantCulture).Length));
            used += widths[i];
        }

        int nameWidth = Math.Max(NarrowestName, options.Width - used);
        StringBuilder text = new();
        Line(text, "", nameWidth, headings, widths);
        Line(text, "TOTAL", nameWidth, Texts(_total), widths);
        foreach ((string name, int[] counts) in _rows
            .Where(row => row.Key[0] != '.' || _subdomains[row.Key].Count >= options.MinSubdomains)
            .OrderByDescending(row => row.Value[0]).ThenBy(row => row.Key.Length).ThenBy(row => row.Key, StringComparer.Ordinal)
            .Take(most))
        {
            Line(text, name, nameWidth, Texts(counts), widths);
        }

        return text.ToString();
    }

    private static string[] Texts(int[] counts) => [.. counts.Select(static count => count.ToString(CultureInfo.InvariantCulture))];

    private static void Line(StringBuilder text, string name, int nameWidth, string[] columns, int[] widths)
    {
        if (name.Length > nameWidth)
        {
            name = name[0] == '.' ? ".+" + name[^(nameWidth - 2)..] : "+" + name[^(nameWidth - 1)..];
        }

        text.Append(name.PadLeft(nameWidth));
        for (int i = 0; i < columns.Length; i++)
        {
            text.Append(columns[i].PadLeft(widths[i]));
        }

        text.Append('\n');
    }

    private static string DomainOf(string address)
    {
        int at = address.LastIndexOf('@');
        string domain = address.Length == 0 ? "MAILER-DAEMON" : address[(at + 1)..].ToLowerInvariant();
        domain = string.Join('.', domain.Split('.', StringSplitOptions.RemoveEmptyEntries));
        return domain.Length == 0 ? "MAILER-DAEMON" : domain;
    }

    private string[] Headings()
    {
        List<string> headings = ["T"];
        long limit = options.FirstLimit;
        for (int i = 1; i < options.Buckets; i++)
        {
            headings.Add(limit.ToString(CultureInfo.InvariantCulture));
            limit = options.Linear ? limit + options.FirstLimit : limit * 2;
        }

        // The last one holds all that is older than the one before.
        headings.Add(options.Buckets == 1 ? "0+" : $"{headings[^1]}+");
        return [.. headings];
    }

    private int BucketOf(double minutes)
    {
        double limits = minutes / options.FirstLimit;
        int bucket = limits < 1 ? 1
            : options.Linear ? (int)Math.Min(limits, options.Buckets) + 1
            : 2 + BitOperations.Log2((uint)Math.Min(limits, uint.MaxValue));
        return Math.Min(bucket, options.Buckets);
    }

    private void Count(string name, int bucket)
    {
        if (!_rows.TryGetValue(name, out int[]? counts))
        {
            _rows[name] = counts = new int[options.Buckets + 1];
        }

        counts[0]++;
        counts[bucket]++;
    }
}
