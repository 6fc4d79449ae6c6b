namespace Mta.Tables.Source;

/// <summary>Continuation lines that continue nothing: told of as one line, as much as is shown of it.</summary>
public sealed class OrphanLines
{
    private const int MostShown = 30;
    private string _text = "";

    public void Add(string line) => _text += _text.Length > MostShown ? "" : line;

    /// <summary>What is shown of the lines since the last call; null when there were none.</summary>
    public string? Take()
    {
        string text = _text;
        _text = "";
        return text.Length == 0 ? null : text.Length > MostShown ? $"{text[..MostShown]}..." : text;
    }
}
