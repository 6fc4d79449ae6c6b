using Mta.Service;
using Mta.Text;

namespace Mta.Postcat;

/// <summary>The command line.</summary>
internal sealed record PostcatOptions
{
    private const string Usage = "usage: postcat [-b (body text)] [-c config_dir] [-d (decimal record type)] [-e (envelope records)] [-h (header text)] [-q (access queue)] [-v] [file(s)...]";

    /// <summary>-b</summary>
    public bool Body { get; private set; }

    /// <summary>-e</summary>
    public bool Envelope { get; private set; }

    /// <summary>-h</summary>
    public bool Header { get; private set; }

    /// <summary>-d: the type's code before each record.</summary>
    public bool ShowTypes { get; private set; }

    /// <summary>-o: the file offset before each record.</summary>
    public bool ShowOffsets { get; private set; }

    /// <summary>-f: the file's name before each record.</summary>
    public bool ShowFile { get; private set; }

    /// <summary>-q: operands are queue IDs.</summary>
    public bool SearchQueue { get; private set; }

    /// <summary>-r: pointer records are not followed.</summary>
    public bool Raw { get; private set; }

    /// <summary>-v: text is shown as records.</summary>
    public bool Verbose { get; private set; }

    /// <summary>-s: offset to start at.</summary>
    public long Start { get; private set; }

    public IReadOnlyList<string> Operands { get; private set; } = [];

    /// <exception cref="FatalException">The command line is malformed.</exception>
    public static PostcatOptions Parse(CommandLineTool tool)
    {
        PostcatOptions options = new();
        GetOpt reader = tool.GetOpt("bc:defhoqrs:v");
        while (tool.Next(reader, Usage))
        {
            options.Set(tool, reader.Option, reader.Argument);
        }

        options.Operands = reader.Operands;
        if (!options.Body && !options.Envelope && !options.Header)
        {
            options.Body = options.Envelope = options.Header = true;
        }

        return options;
    }

    private void Set(CommandLineTool tool, char option, string argument)
    {
        switch (option)
        {
            case 'b':
                Body = true;
                break;
            case 'c':
                tool.UseConfigurationDirectory(argument);
                break;
            case 'd':
                ShowTypes = true;
                break;
            case 'e':
                Envelope = true;
                break;
            case 'f':
                ShowFile = true;
                break;
            case 'h':
                Header = true;
                break;
            case 'o':
                ShowOffsets = true;
                break;
            case 'q':
                SearchQueue = true;
                break;
            case 'r':
                Raw = true;
                break;
            case 's':
                Start = long.TryParse(argument, System.Globalization.NumberStyles.None, null, out long start)
                    ? start
                    : throw new FatalException($"bad offset: {argument}");
                break;
            case 'v':
                Verbose = true;
                tool.Verbosity++;
                break;
        }
    }
}
