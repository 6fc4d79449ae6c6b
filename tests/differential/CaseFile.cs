using System.Globalization;

namespace Mta.Differential;

/// <summary>A case file cannot be understood; the message names file and line.</summary>
internal sealed class CaseFileException(string message) : Exception(message);

/// <summary>Reads case files (README.md has the notation).</summary>
internal sealed class CaseFile
{
    private readonly string _path;
    private readonly string _suite;
    private readonly IReadOnlyDictionary<string, List<Directive>> _shared;
    private readonly List<DifferentialCase> _cases = [];

    private CaseFile(string path, string suite, IReadOnlyDictionary<string, List<Directive>> shared)
    {
        _path = path;
        _suite = suite;
        _shared = shared;
    }

    /// <summary>A line <c>key words: value</c> with the block below it.</summary>
    internal sealed record Directive(int Line, string Key, string[] Words, string Value, List<string> Block)
    {
        /// <summary>The block as text, or the value when there is no block.</summary>
        public string Text => Block.Count > 0 ? string.Join('\n', Block) + "\n" : Value;
    }

    /// <exception cref="CaseFileException">The text is malformed.</exception>
    public static List<DifferentialCase> Parse(string path, string suite, string text, IReadOnlyDictionary<string, List<Directive>>? setups = null)
    {
        var all = new Dictionary<string, List<Directive>>(setups ?? new Dictionary<string, List<Directive>>());
        var file = new CaseFile(path, suite, all);
        foreach (Section section in Sections(path, text))
        {
            if (section.IsSetup)
            {
                all[section.Name] = section.Directives;
            }
            else
            {
                file.Add(section);
            }
        }

        return file._cases;
    }

    /// <summary>The named setups (<c>--- NAME</c>) of a file.</summary>
    public static Dictionary<string, List<Directive>> ParseSetups(string path, string text) =>
        Sections(path, text).Where(static section => section.IsSetup).ToDictionary(static section => section.Name, static section => section.Directives);

    private sealed record Section(string Name, bool IsSetup, int Line, List<Directive> Directives);

    private static IEnumerable<Section> Sections(string path, string text)
    {
        Section? section = null;
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            string where = $"{path}:{number}";
            if (line.StartsWith("===", StringComparison.Ordinal) || line.StartsWith("---", StringComparison.Ordinal))
            {
                if (section is not null)
                {
                    yield return section;
                }

                section = new Section(line[3..].Trim(), line[0] == '-', number, []);
                if (section.Name.Length == 0)
                {
                    throw new CaseFileException($"{where}: a case without a name");
                }
            }
            else if (line.StartsWith('|'))
            {
                Directive last = section?.Directives.LastOrDefault() ?? throw new CaseFileException($"{where}: a block line without a directive above it");
                last.Block.Add(line.StartsWith("| ", StringComparison.Ordinal) ? line[2..] : line[1..]);
            }
            else if (line.Trim().Length > 0 && !line.StartsWith('#'))
            {
                int colon = line.IndexOf(':', StringComparison.Ordinal);
                if (section is null || colon <= 0)
                {
                    throw new CaseFileException($"{where}: expected a case, a directive or a block line: {line}");
                }

                string[] words = line[..colon].Split(' ', StringSplitOptions.RemoveEmptyEntries);
                section.Directives.Add(new Directive(number, words[0], words[1..], line[(colon + 1)..].Trim(), []));
            }
        }

        if (section is not null)
        {
            yield return section;
        }
    }

    private void Add(Section section)
    {
        var made = new DifferentialCase { Suite = _suite, Name = section.Name, Source = $"{_path}:{section.Line}" };
        if (_cases.Exists(other => other.Name == made.Name))
        {
            throw new CaseFileException($"{made.Source}: a second case of this name: {made.Name}");
        }

        section.Directives.ForEach(directive => Apply(made, directive, 0));
        if (made.Run.Length == 0)
        {
            throw new CaseFileException($"{made.Source}: nothing to run");
        }

        if (made.Ours is not null != (made.Difference.Length > 0 || made.IsOursAlone))
        {
            throw new CaseFileException($"{made.Source}: 'ours:' belongs to 'differs:' or 'only: ours', and these need it");
        }

        _cases.Add(made);
    }

    private void Apply(DifferentialCase made, Directive directive, int depth)
    {
        string where = $"{_path}:{directive.Line}";
        switch (directive.Key)
        {
            case "use":
                foreach (string name in directive.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    if (!_shared.TryGetValue(name, out List<Directive>? shared) || depth > 8)
                    {
                        throw new CaseFileException($"{where}: no such setup: {name}");
                    }

                    shared.ForEach(inner => Apply(made, inner, depth + 1));
                }

                break;
            case "main.cf":
                made.MainCfIsWhole |= directive.Words is ["whole"];
                made.MainCf += directive.Text.TrimEnd('\n') + "\n";
                break;
            case "master.cf":
                made.MasterCf = directive.Text;
                break;
            case "file":
                made.Setup.Add(FileStep(where, directive, directive.Text));
                break;
            case "bytes":
                made.Setup.Add(FileStep(where, directive, Decode(where, string.Concat(directive.Block))));
                break;
            case "records":
                made.Setup.Add(FileStep(where, directive, Records(where, directive.Block)));
                break;
            case "sh":
                made.Setup.Add(new SetupStep("", directive.Text, 0, ""));
                break;
            case "serve" when directive.Words.Length == 1:
                made.Services.Add(new ServiceStep(directive.Words[0], Decode(where, directive.Block.Count > 0 ? string.Concat(directive.Block) : directive.Value)));
                break;
            case "env":
                made.Environment.Add(directive.Value);
                break;
            case "as":
                made.User = directive.Value;
                break;
            case "stdin":
                made.Input = directive.Words is ["bytes"] ? Decode(where, directive.Block.Count > 0 ? string.Concat(directive.Block) : directive.Value) : directive.Text;
                break;
            case "run":
                made.Run = directive.Text;
                break;
            case "look":
                made.Look += directive.Text.TrimEnd('\n') + "\n";
                break;
            case "log":
                made.HasLog = IsYes(where, directive);
                break;
            case "start":
                made.IsStarted = IsYes(where, directive);
                break;
            case "seconds":
                made.Seconds = int.Parse(directive.Value, CultureInfo.InvariantCulture);
                break;
            case "normalise":
                made.Normalisations.Add(Normalisation(where, directive.Value));
                break;
            case "differs":
                made.Difference = directive.Value;
                break;
            case "only" when directive.Value == "ours":
                made.IsOursAlone = true;
                break;
            case "ours":
                made.Ours = directive.Text;
                break;
            default:
                throw new CaseFileException($"{where}: unknown directive: {directive.Key} {string.Join(' ', directive.Words)}");
        }
    }

    private static bool IsYes(string where, Directive directive) =>
        directive.Value == "yes" ? true : throw new CaseFileException($"{where}: expected 'yes'");

    // file PATH [MODE] [OWNER]
    private static SetupStep FileStep(string where, Directive directive, string content)
    {
        if (directive.Words.Length is 0 or > 3)
        {
            throw new CaseFileException($"{where}: expected PATH [MODE] [OWNER]");
        }

        int mode = directive.Words.Length > 1 ? Convert.ToInt32(directive.Words[1], 8) : 0x1A4;
        return new SetupStep(directive.Words[0], content, mode, directive.Words.Length > 2 ? directive.Words[2] : "");
    }

    private static string Records(string where, List<string> lines)
    {
        try
        {
            return RecordFile.Encode(lines);
        }
        catch (FormatException error)
        {
            throw new CaseFileException($"{where}: {error.Message}");
        }
    }

    private static string Decode(string where, string text)
    {
        try
        {
            return Escapes.Decode(text);
        }
        catch (FormatException error)
        {
            throw new CaseFileException($"{where}: {error.Message}");
        }
    }

    // /PATTERN/REPLACEMENT/ with any separator
    private static (string Pattern, string Replacement) Normalisation(string where, string value)
    {
        string[] parts = value.Length > 2 ? value[1..].Split(value[0]) : [];
        return parts.Length == 3 && parts[2].Length == 0 ? (parts[0], parts[1]) : throw new CaseFileException($"{where}: expected /PATTERN/REPLACEMENT/");
    }
}
