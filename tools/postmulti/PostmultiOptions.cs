using Mta.Service;
using Mta.Text;

namespace Mta.Postmulti;

/// <summary>The command line: one mode, which instances, and what to do with them.</summary>
internal sealed class PostmultiOptions
{
    private const string Letters = "ae:g:i:jlpvxG:I:R";

    private const string Usage = "Usage:postmulti -l [-v] [-a] [-g group] [-i instance]"
        + " | postmulti -p [-v] [-a] [-g group] [-i instance] command..."
        + " | postmulti -x [-v] [-a] [-i name] [-g group] command..."
        + " | postmulti -e action [-v] [-a] [-i name] [-g group] [-I name] [-G group] [param=value ...]";

    private static readonly string[] Actions = ["create", "destroy", "import", "deport", "enable", "disable", "assign", "init"];

    /// <summary><c>e</c>, <c>l</c>, <c>p</c> or <c>x</c>.</summary>
    public char Mode { get; private set; }

    /// <summary>What -e does.</summary>
    public string Action { get; private set; } = "";

    public bool TakesAll { get; private set; }

    /// <summary>-g; null when not given.</summary>
    public string? Group { get; private set; }

    /// <summary>-i; null when not given.</summary>
    public string? Name { get; private set; }

    /// <summary>-G; null when not given, empty for none.</summary>
    public string? NewGroup { get; private set; }

    /// <summary>-I; null when not given, empty for none.</summary>
    public string? NewName { get; private set; }

    public bool IsReversed { get; private set; }

    public bool IsJson { get; private set; }

    public IReadOnlyList<string> Operands { get; private set; } = [];

    /// <exception cref="FatalException">Options that do not exist or do not go together.</exception>
    public static PostmultiOptions Read(CommandLineTool tool)
    {
        PostmultiOptions options = new();
        HashSet<char> modes = [];
        int selections = 0;
        GetOpt reader = tool.GetOpt(Letters);
        while (tool.Next(reader, Usage))
        {
            char letter = reader.Option;
            switch (letter)
            {
                case 'e' or 'l' or 'p' or 'x':
                    modes.Add(letter);
                    options.Mode = letter;
                    options.Action = letter == 'e' ? reader.Argument : options.Action;
                    break;
                case 'a' or 'g' or 'i':
                    selections++;
                    options.TakesAll |= letter == 'a';
                    options.Group = letter == 'g' ? reader.Argument : options.Group;
                    options.Name = letter == 'i' ? reader.Argument : options.Name;
                    break;
                case 'G':
                    options.NewGroup = Once(options.NewGroup, letter, reader.Argument);
                    break;
                case 'I':
                    options.NewName = Once(options.NewName, letter, reader.Argument);
                    break;
                case 'R':
                    options.IsReversed = true;
                    break;
                case 'j':
                    options.IsJson = true;
                    break;
                case 'v':
                    tool.Verbosity++;
                    break;
            }
        }

        options.Operands = reader.Operands;
        if (modes.Count != 1)
        {
            throw new FatalException("Specify exactly one of '-e', '-l', '-p', '-x'");
        }

        if (selections > 1)
        {
            throw new FatalException("Specity no more than one of '-a', '-g', '-i'");
        }

        options.Judge();
        return options;
    }

    private static string Once(string? earlier, char letter, string argument) =>
        earlier is null ? (argument == "-" ? "" : argument) : throw new FatalException($"Specify at most one '-{letter}' option");

    private void Judge()
    {
        if (IsReversed && Mode is ('p' or 'e'))
        {
            throw new FatalException("The '-p' and '-e' options preclude the use of '-R'");
        }

        if (IsJson && Mode != 'l')
        {
            throw new FatalException("JSON output available only with '-l'");
        }

        if (Mode is 'p' or 'x' && Operands.Count == 0)
        {
            throw new FatalException("Command required with '-p' or '-x' option");
        }

        if (Mode == 'l' && Operands.Count > 0)
        {
            throw new FatalException("Command not allowed with '-l'");
        }

        if (Mode == 'e')
        {
            JudgeAction();
        }
        else if (NewName is not null || NewGroup is not null)
        {
            throw new FatalException("Cannot assign instance name or group without '-e assign'");
        }
    }

    private void JudgeAction()
    {
        if (!Actions.Contains(Action))
        {
            throw new FatalException($"Invalid '-e' edit action '{Printable.Neutralize(Action)}'. Specify 'create', 'destroy', 'import', 'deport', 'enable', 'disable', 'assign' or 'init'");
        }

        bool isNew = Action is "create" or "import";
        if (!isNew && Operands.Count > 0)
        {
            throw new FatalException($"Parameter overrides not valid with '-e {Action}'");
        }

        if (!isNew && Action != "assign" && (NewName is not null || NewGroup is not null))
        {
            throw new FatalException($"Cannot assign instance name or group with '-e {Action}'");
        }

        if (Action == "assign" && NewName is null && NewGroup is null)
        {
            throw new FatalException("Specify new instance name or group with '-e assign'");
        }

        if (NewName is { Length: > 0 } name)
        {
            if (!name.StartsWith("postfix-", StringComparison.Ordinal))
            {
                throw new FatalException("New instance name must start with 'postfix-'");
            }

            if (name.Contains('/'))
            {
                throw new FatalException($"Illegal '/' character in new instance name: '{Printable.Neutralize(name)}'");
            }

            if (!IsSafe(name))
            {
                throw new FatalException($"Unsafe characters in new instance name: '{Printable.Neutralize(name)}'");
            }
        }

        if (NewGroup is { Length: > 0 } group && !IsSafe(group))
        {
            throw new FatalException($"Unsafe characters in '-G {Printable.Neutralize(group)}'");
        }
    }

    /// <summary>Nothing that a main.cf list or a shell would take apart.</summary>
    internal static bool IsSafe(string text) => text.All(static c => Ascii.IsAlphanumeric(c) || c is '-' or '_' or '.' or '/' or '=' or '+' or '@' or '%' or ':');
}
