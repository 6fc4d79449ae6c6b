namespace Mta.Postconf;

/// <summary>A request such as <c>smtp/inet/chroot</c>: names separated by slashes, <c>*</c> for any.</summary>
internal sealed class Pattern
{
    private readonly string[] _parts;

    private Pattern(string text, string[] parts)
    {
        Text = text;
        _parts = parts;
    }

    public string Text { get; }

    public int Count => _parts.Length;

    /// <summary>The third part; <c>*</c> when it was not given.</summary>
    public string Detail => _parts.Length > 2 ? _parts[2] : "*";

    /// <returns>Null when there are more parts than allowed, or none.</returns>
    public static Pattern? Parse(string text, int limit)
    {
        string[] parts = text.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 0 || parts.Length > limit ? null : new Pattern(text, parts);
    }

    public bool Matches(MasterLine line) => Matches(line.Service, line.Type);

    public bool Matches(string service, string type) => IsMatch(_parts[0], service) && (_parts.Length < 2 || IsMatch(_parts[1], type));

    public static bool IsMatch(string pattern, string name) => pattern == "*" || pattern == name;
}
