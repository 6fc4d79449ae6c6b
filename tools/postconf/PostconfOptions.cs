using Mta.Service;
using Mta.Text;

namespace Mta.Postconf;

/// <summary>The command line: which mode, with which details, and which of them do not go together.</summary>
internal sealed class PostconfOptions
{
    private const string Letters = "aAbc:C:deEfFhHjlmMno:pPtT:vxX#";
    private const string MajorModes = "aAbFlmMpPtT";
    private const string Edits = "e#X";

    private const string Usage = "usage: postconf"
        + " [-a (server SASL types)]"
        + " [-A (client SASL types)]"
        + " [-b (bounce templates)]"
        + " [-c config_dir]"
        + " [-c param_class]"
        + " [-d (parameter defaults)]"
        + " [-e (edit configuration)]"
        + " [-f (fold lines)]"
        + " [-F (master.cf fields)]"
        + " [-h (no names)]"
        + " [-H (no values)]"
        + " [-j (JSON)]"
        + " [-l (lock types)]"
        + " [-m (map types)]"
        + " [-M (master.cf)]"
        + " [-n (non-default parameters)]"
        + " [-o name=value (override parameter value)]"
        + " [-p (main.cf, default)]"
        + " [-P (master.cf parameters)]"
        + " [-t (bounce templates)]"
        + " [-T compile-version|run-version|public-key-algorithms]"
        + " [-v (verbose)]"
        + " [-x (expand parameter values)]"
        + " [-X (exclude)]"
        + " [-# (comment-out)]"
        + " [name...]";

    // Of each set at most one may be given.
    private static readonly string[] Exclusive =
    [
        MajorModes, Edits, "dn" + Edits, "fj" + Edits, "x" + Edits, "od" + Edits, "hHj" + Edits,
    ];

    private static readonly (char Mode, string Allowed)[] Compatible =
    [
        ('M', "eX#fojx"), ('F', "efhHojx"), ('P', "eXfhHojx"), ('p', "deX#fhHjnoxC"),
        ('a', ""), ('A', ""), ('b', ""), ('l', ""), ('m', ""), ('t', ""), ('T', ""),
    ];

    private readonly HashSet<char> _given = [];

    public IReadOnlyList<string> Operands { get; private set; } = [];

    /// <summary>-o, in their order.</summary>
    public List<string> Overrides { get; } = [];

    /// <summary>-C, or all.</summary>
    public ParameterClasses Classes { get; private set; } = ParameterClasses.All;

    public string TlsMode { get; private set; } = "";

    public bool HasDirectory { get; private set; }

    /// <summary>The one letter of <see cref="MajorModes"/> that was given; <c>p</c> when none was.</summary>
    public char Mode { get; private set; } = 'p';

    /// <summary><c>e</c>, <c>X</c> or <c>#</c>; NUL when nothing is edited.</summary>
    public char Edit { get; private set; }

    public bool Has(char option) => _given.Contains(option);

    /// <exception cref="FatalException">Options that do not exist or do not go together.</exception>
    public static PostconfOptions Read(CommandLineTool tool)
    {
        PostconfOptions options = new();
        GetOpt reader = tool.GetOpt(Letters);
        while (tool.Next(reader, Usage))
        {
            options.Take(tool, reader.Option, reader.Argument);
        }

        options.Operands = reader.Operands;
        options.Judge();
        return options;
    }

    private void Take(CommandLineTool tool, char option, string argument)
    {
        switch (option)
        {
            case 'c':
                tool.UseConfigurationDirectory(argument);
                HasDirectory = true;
                return;
            case 'E':
                return;
            case 'v':
                tool.Verbosity++;
                return;
            case 'C':
                Classes = ClassesOf(argument);
                break;
            case 'o':
                Overrides.Add(argument);
                break;
            case 'T':
                DemandOnce(option);
                TlsMode = argument;
                break;
        }

        _given.Add(option);
    }

    private void DemandOnce(char option)
    {
        if (Has(option))
        {
            throw new FatalException($"At most one -{option} <mode> option may be specified");
        }
    }

    private void Judge()
    {
        foreach (char mode in MajorModes)
        {
            Mode = Has(mode) ? mode : Mode;
        }

        // name=value alone means -e.
        if (!Has('e') && Operands.Count > 0 && Operands[0].Contains('=') && Mode is 'p' or 'M' or 'F' or 'P')
        {
            _given.Add('e');
        }

        foreach (string set in Exclusive)
        {
            List<char> both = [.. Letters.Where(letter => set.Contains(letter) && Has(letter))];
            if (both.Count > 1)
            {
                if (both is ['b', 't'])
                {
                    throw new FatalException("specify one of -b and -t");
                }

                throw new FatalException($"specify one of {string.Join(' ', both.Select(static letter => $"-{letter}"))}");
            }
        }

        string allowed = Compatible.First(entry => entry.Mode == Mode).Allowed;
        foreach (char letter in Letters)
        {
            if (Has(letter) && letter != Mode && letter != 'C' && !allowed.Contains(letter))
            {
                throw new FatalException($"with option -{Mode}, do not specify -{letter}");
            }
        }

        foreach (char edit in Edits)
        {
            Edit = Has(edit) ? edit : Edit;
        }

        if (Mode is 'b' or 't' && Operands.Count > 1)
        {
            throw new FatalException("options -b and -t require at most one template file");
        }

        if (Edit == 'e' && Operands.Count == 0)
        {
            throw new FatalException("-e requires name=value argument");
        }

        if (Edit is 'X' or '#' && Operands.Count == 0)
        {
            throw new FatalException("missing service argument");
        }
    }

    private static ParameterClasses ClassesOf(string text)
    {
        ParameterClasses classes = 0;
        foreach (string word in text.Split([',', ' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            classes |= Ascii.ToLower(word) switch
            {
                "builtin" => ParameterClasses.BuiltIn,
                "service" => ParameterClasses.Service,
                "user" => ParameterClasses.User,
                "all" => ParameterClasses.All,
                _ => throw new FatalException($"unknown -C option value \"{word}\" in \"{text}\""),
            };
        }

        return classes;
    }
}
