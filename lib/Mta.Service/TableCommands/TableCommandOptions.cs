using Mta.Tables;
using Mta.Tables.Index;
using Mta.Text;
using NLog;

namespace Mta.Service.TableCommands;

/// <summary>The command line of postmap and postalias.</summary>
public sealed class TableCommandOptions
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    /// <summary>Option -b: body lines of a message are keys.</summary>
    public bool Body { get; private set; }

    /// <summary>Option -h: headers of a message are keys.</summary>
    public bool Header { get; private set; }

    /// <summary>Option -m: parts and attached messages are looked into.</summary>
    public bool Mime { get; private set; }

    public bool NoFolding { get; private set; }

    /// <summary>Option -F: values in a source name files.</summary>
    public bool Files { get; private set; }

    public bool Incremental { get; private set; }

    public bool? TrailingNul { get; private set; }

    public bool KeepRoot { get; private set; }

    public bool DefaultMode { get; private set; }

    public DuplicateRule Duplicates { get; private set; } = DuplicateRule.Warn;

    public bool List { get; private set; }

    public string? Query { get; private set; }

    public string? Delete { get; private set; }

    public bool NoUtf8 { get; private set; }

    public bool ForceUtf8 { get; private set; }

    public IReadOnlyList<string> Operands { get; private set; } = [];

    /// <summary>Flags of the tables that are asked or changed.</summary>
    public TableFlags Flags(bool utf8) => TableFlags.Lock | TableFlags.WarnDuplicate
        | (Files ? TableFlags.SourceNamesFiles : TableFlags.None)
        | (NoFolding ? TableFlags.None : TableFlags.FoldFixed)
        | (utf8 ? TableFlags.Utf8Request : TableFlags.None)
        | (TrailingNul == true ? TableFlags.TryWithNul : TableFlags.None)
        | (TrailingNul == false ? TableFlags.TryWithoutNul : TableFlags.None);

    /// <summary>Reads the command line.</summary>
    /// <exception cref="FatalException">It makes no sense.</exception>
    public static TableCommandOptions Read(CommandLineTool tool, TableCommandFormat format)
    {
        TableCommandOptions options = new();
        GetOpt letters = tool.GetOpt(format.Letters);
        while (tool.Next(letters, format.Usage))
        {
            options.Take(letters.Option, letters.Argument, tool);
        }

        options.Operands = letters.Operands;
        bool message = options.Body || options.Header;
        if ((message || options.Mime) && options.Query != "-")
        {
            throw new FatalException("specify -b -h or -m only with \"-q -\"");
        }

        if (options.Mime && !message)
        {
            Log.Warn("ignoring -m option without -b or -h");
        }

        return options;
    }

    private void Take(char letter, string argument, CommandLineTool tool)
    {
        switch (letter)
        {
            case 'b':
                Body = true;
                break;
            case 'c':
                tool.UseConfigurationDirectory(argument);
                break;
            case 'd':
                DemandOne(Query is null && Delete is null && !List);
                Delete = argument;
                break;
            case 'f':
                NoFolding = true;
                break;
            case 'F':
                Files = true;
                break;
            case 'h':
                Header = true;
                break;
            case 'i':
                Incremental = true;
                break;
            case 'm':
                Mime = true;
                break;
            case 'n':
                TrailingNul = false;
                break;
            case 'N':
                TrailingNul = true;
                break;
            case 'o':
                KeepRoot = true;
                break;
            case 'p':
                DefaultMode = true;
                break;
            case 'q':
                DemandOne(Query is null && Delete is null && !List);
                Query = argument;
                break;
            case 'r':
                Duplicates = DuplicateRule.Replace;
                break;
            case 's':
                if (Query is not null || Delete is not null)
                {
                    throw new FatalException("specify only one of -s or -q or -d");
                }

                List = true;
                break;
            case 'u':
                NoUtf8 = true;
                break;
            case 'U':
                ForceUtf8 = true;
                break;
            case 'v':
                tool.Verbosity++;
                break;
            case 'w':
                Duplicates = DuplicateRule.Ignore;
                break;
        }
    }

    private static void DemandOne(bool isOnly)
    {
        if (!isOnly)
        {
            throw new FatalException("specify only one of -s -q or -d");
        }
    }
}
