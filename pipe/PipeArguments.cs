using System.Globalization;
using Mta.Text;

namespace Mta.Pipe;

/// <summary>What <c>flags=</c> asks for.</summary>
[Flags]
internal enum PipeFlags
{
    None = 0,

    /// <summary>B: an empty line at the end.</summary>
    BlankLine = 1,

    /// <summary>D: a <c>Delivered-To</c> header, which also finds mail loops.</summary>
    DeliveredTo = 2,

    /// <summary>F: a <c>From </c> line.</summary>
    FromLine = 4,

    /// <summary>O: an <c>X-Original-To</c> header.</summary>
    OriginalTo = 8,

    /// <summary>R: a <c>Return-Path</c> header.</summary>
    ReturnPath = 16,

    /// <summary>X: this is final delivery, as delivery reports see it.</summary>
    IsFinal = 32,

    /// <summary>Dot: another dot before lines that begin with one.</summary>
    DotStuff = 64,

    /// <summary>&gt;: a <c>&gt;</c> before lines that begin with <c>From </c>.</summary>
    QuoteFrom = 128,

    /// <summary>h: domains and the next hop in lower case.</summary>
    FoldDomain = 256,

    /// <summary>u: local parts in lower case.</summary>
    FoldUser = 512,

    /// <summary>q: local parts quoted where RFC 822 needs it.</summary>
    Quote = 1024,
}

/// <summary>The words of the master.cf entry: attributes, and behind <c>argv=</c> the command.</summary>
internal sealed record PipeArguments
{
    public PipeFlags Flags { get; private set; }

    /// <summary><c>name[:group]</c>.</summary>
    public string User { get; private set; } = "";

    public string Directory { get; private set; } = "";

    public string Root { get; private set; } = "";

    public string LineEnd { get; private set; } = "\n";

    /// <summary>Stands for the null sender.</summary>
    public string NullSender { get; private set; } = "MAILER-DAEMON";

    /// <summary>Most bytes of content; 0 is no limit.</summary>
    public long SizeLimit { get; private set; }

    /// <summary>The command and its arguments, macros unexpanded.</summary>
    public IReadOnlyList<string> Command { get; private set; } = [];

    /// <exception cref="FatalException">An attribute is unknown, missing or wrong.</exception>
    public static PipeArguments Parse(IReadOnlyList<string> words)
    {
        PipeArguments arguments = new();
        for (int i = 0; i < words.Count; i++)
        {
            int equals = words[i].IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? words[i] : Ascii.ToLower(words[i][..equals]);
            string value = equals < 0 ? "" : words[i][(equals + 1)..];
            if (equals >= 0 && name == "argv")
            {
                arguments.Command = [value, .. words.Skip(i + 1)];
                break;
            }

            arguments.Set(equals < 0 ? "" : name, value, words[i]);
        }

        return arguments.User.Length == 0 ? throw new FatalException("missing user= command-line attribute")
            : arguments.Command.Count == 0 || arguments.Command[0].Length == 0 ? throw new FatalException("missing argv= command-line attribute")
            : arguments;
    }

    private void Set(string name, string value, string word)
    {
        switch (name)
        {
            case "flags":
                Flags |= ParseFlags(value);
                break;
            case "user":
                User = value;
                break;
            case "directory":
                Directory = value;
                break;
            case "chroot":
                Root = value;
                break;
            case "eol":
                LineEnd = Unescape(value);
                break;
            case "null_sender":
                NullSender = value;
                break;
            case "size":
                SizeLimit = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long size)
                    ? size
                    : throw new FatalException($"get_service_attr: bad size= value: {Printable.Neutralize(value)}");
                break;
            default:
                throw new FatalException($"unknown attribute name: {Printable.Neutralize(word)}");
        }
    }

    private static PipeFlags ParseFlags(string value)
    {
        PipeFlags flags = PipeFlags.None;
        foreach (char c in value)
        {
            flags |= c switch
            {
                'B' => PipeFlags.BlankLine,
                'D' => PipeFlags.DeliveredTo,
                'F' => PipeFlags.FromLine,
                'O' => PipeFlags.OriginalTo,
                'R' => PipeFlags.ReturnPath,
                'X' => PipeFlags.IsFinal,
                '.' => PipeFlags.DotStuff,
                '>' => PipeFlags.QuoteFrom,
                'h' => PipeFlags.FoldDomain,
                'u' => PipeFlags.FoldUser,
                'q' => PipeFlags.Quote,
                _ => throw new FatalException($"unknown flag: {Printable.Neutralize(c.ToString())} (ignored)"),
            };
        }

        return flags;
    }

    private static string Unescape(string text)
    {
        System.Text.StringBuilder result = new();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                result.Append(text[i]);
                continue;
            }

            i++;
            result.Append((char)CEscape.Read(text, ref i));
        }

        return result.ToString();
    }
}
