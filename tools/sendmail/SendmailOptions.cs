using Mta.Service;
using Mta.Text;
using NLog;

namespace Mta.Sendmail;

/// <summary>
/// The command line: classic getopt with sendmail's additions (a lone <c>-q</c> takes no argument, <c>-V</c> has two
/// meanings). Whatever the Sendmail of old accepted and has no meaning here is accepted and ignored.
/// </summary>
internal sealed class SendmailOptions
{
    private const string Letters = "A:B:C:F:GIL:N:O:R:UV:X:b:ce:f:h:imno:p:r:q:tvx";
    private const string Usage = "usage: sendmail [options]";

    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly IReadOnlyList<string> _arguments;

    public SendmailOptions(IReadOnlyList<string> arguments) => _arguments = arguments;

    public SendmailMode Mode { get; set; }

    public IReadOnlyList<string> Operands { get; private set; } = [];

    /// <summary>-B: <c>7bit</c>, <c>8bit</c> or empty.</summary>
    public string Encoding { get; private set; } = "";

    /// <summary>-F; null when not given.</summary>
    public string? FullName { get; private set; }

    /// <summary>-f or -r; null when not given.</summary>
    public string? Sender { get; private set; }

    /// <summary>-G: the message comes from outside; headers get the remote rewriting context.</summary>
    public bool IsGateway { get; private set; }

    /// <summary>-i: a line with a dot does not end the message.</summary>
    public bool IgnoresDot { get; private set; }

    /// <summary>-N: 1 never, 2 success, 4 failure, 8 delay; 0 when not given.</summary>
    public int Notify { get; private set; }

    /// <summary>-R: 1 full, 2 hdrs; 0 when not given.</summary>
    public int Return { get; private set; }

    /// <summary>-V: DSN envelope identifier; empty when not given.</summary>
    public string EnvelopeId { get; private set; } = "";

    /// <summary>-XV: null when not given, empty for the default delimiters.</summary>
    public string? Verp { get; private set; }

    public bool TakesHeaderRecipients { get; private set; }

    public bool IsVerify { get; private set; }

    public int Verbosity { get; private set; }

    /// <summary>-oA: null when not given.</summary>
    public string? AliasDatabase { get; private set; }

    /// <summary>-qR.</summary>
    public string? FlushSite { get; private set; }

    /// <summary>-qI.</summary>
    public string? FlushId { get; private set; }

    /// <summary>-C: null when not given.</summary>
    public string? ConfigurationDirectory { get; private set; }

    /// <summary>Two characters of -XV must come from here (verp_delimiter_filter).</summary>
    public string VerpFilter { get; set; } = "";

    /// <summary>The first pass: only -C counts.</summary>
    public void FindConfiguration() => Walk(first: true);

    /// <summary>The second pass.</summary>
    /// <exception cref="FatalException">An option or combination is not possible.</exception>
    public void Read()
    {
        Walk(first: false);
        DemandCombination();
    }

    private void Walk(bool first)
    {
        var rest = new List<string>(_arguments);
        int index = 0;
        while (index < rest.Count)
        {
            string word = rest[index];
            if (word == "-q")
            {
                index++;
                if (!first)
                {
                    SetFlush();
                }

                continue;
            }

            word = ModernVerp(word, index + 1 < rest.Count ? rest[index + 1] : null, first);
            if (word.Length < 2 || word[0] != '-')
            {
                break;
            }

            index++;
            if (word == "--")
            {
                break;
            }

            for (int at = 1; at < word.Length; at++)
            {
                char option = word[at];
                int letter = option == ':' ? -1 : Letters.IndexOf(option, StringComparison.Ordinal);
                if (letter < 0)
                {
                    Complain(first, $"invalid option -- '{option}'");
                    continue;
                }

                string argument = "";
                if (letter + 1 < Letters.Length && Letters[letter + 1] == ':')
                {
                    if (at + 1 < word.Length)
                    {
                        argument = word[(at + 1)..];
                    }
                    else if (index < rest.Count)
                    {
                        argument = rest[index++];
                    }
                    else
                    {
                        Complain(first, $"option requires an argument -- '{option}'");
                    }

                    at = word.Length;
                }

                if (!first)
                {
                    Set(option, argument);
                }
                else if (option == 'C')
                {
                    ConfigurationDirectory = DirectoryOf(argument);
                }
            }
        }

        Operands = rest[index..];
    }

    // VERP was -V before DSN came; it still is where the argument is two characters long.
    private static string ModernVerp(string word, string? next, bool silent)
    {
        if (word == "-V" && next is { Length: 2 })
        {
            Warn(silent, "option -V is deprecated with Postfix 2.3; specify -XV instead");
            return "-XV";
        }

        if (word.Length == 4 && word.StartsWith("-V", StringComparison.Ordinal))
        {
            Warn(silent, $"option {word} is deprecated with Postfix 2.3; specify -X{word[1..]} instead");
            return $"-X{word[1..]}";
        }

        return word;
    }

    private void Set(char option, string argument)
    {
        switch (option)
        {
            case 'B':
                Encoding = argument switch
                {
                    "8BITMIME" => "8bit",
                    "7BIT" => "7bit",
                    _ => throw new FatalException("-B option needs 8BITMIME or 7BIT"),
                };
                break;
            case 'F':
                FullName = argument;
                break;
            case 'G':
                IsGateway = true;
                break;
            case 'I':
                Mode = SendmailMode.RebuildAliases;
                break;
            case 'N':
                SetNotify(argument);
                break;
            case 'R':
                SetReturn(argument);
                break;
            case 'V':
                SetEnvelopeId(argument);
                break;
            case 'X':
                SetVerp(argument);
                break;
            case 'b':
                SetMode(argument);
                break;
            case 'f' or 'r':
                Sender = argument;
                break;
            case 'i':
                IgnoresDot = true;
                break;
            case 'n':
                throw new FatalException("-n option not supported");
            case 'o':
                SetOther(argument);
                break;
            case 'q':
                SetQueueOption(argument);
                break;
            case 't':
                TakesHeaderRecipients = true;
                break;
            case 'v':
                Verbosity++;
                break;
            default:
                // A c C e h L m O p U x: nothing to do here.
                break;
        }
    }

    private void SetMode(string argument)
    {
        switch (argument.Length == 0 ? '\0' : argument[0])
        {
            case 'd' or 'l':
                if (Mode == SendmailMode.FlushQueue)
                {
                    Log.Warn("ignoring -q option in daemon mode");
                }

                Mode = SendmailMode.Daemon;
                break;
            case 'h' or 'H':
                Mode = SendmailMode.Nothing;
                break;
            case 'i':
                Mode = SendmailMode.RebuildAliases;
                break;
            case 'm':
                Mode = SendmailMode.Enqueue;
                break;
            case 'p':
                Mode = SendmailMode.ListQueue;
                break;
            case 's':
                Mode = SendmailMode.StandAlone;
                break;
            case 'v':
                IsVerify = true;
                break;
            default:
                throw new FatalException($"unsupported: -b{Printable.Neutralize(argument.Length == 0 ? "" : argument[..1])}");
        }
    }

    private void SetFlush()
    {
        if (Mode == SendmailMode.Daemon)
        {
            Log.Warn("ignoring -q option in daemon mode");
        }
        else
        {
            Mode = SendmailMode.FlushQueue;
        }
    }

    private void SetQueueOption(string argument)
    {
        char first = argument.Length == 0 ? '\0' : argument[0];
        switch (first)
        {
            case >= '0' and <= '9':
                // The interval of a daemon that does not exist here.
                Mode = Mode == SendmailMode.Daemon ? Mode : SendmailMode.Nothing;
                break;
            case 'I':
                FlushId = argument.Length > 1 ? argument[1..] : throw new FatalException("specify: -qIqueueid");
                break;
            case 'R':
                FlushSite = argument.Length > 1 ? argument[1..] : throw new FatalException("specify: -qRsitename");
                break;
            default:
                throw new FatalException($"-q{Printable.Neutralize(argument.Length == 0 ? "" : argument[..1])} is not implemented");
        }
    }

    private void SetOther(string argument)
    {
        switch (argument.Length == 0 ? '\0' : argument[0])
        {
            case 'A':
                AliasDatabase = argument.Length > 1 ? argument[1..] : throw new FatalException("-oA requires pathname");
                break;
            case 'i':
                IgnoresDot = true;
                break;
        }
    }

    private void SetNotify(string argument)
    {
        int mask = 0;
        foreach (string word in argument.Split([',', ' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            int bit = Ascii.ToLower(word) switch
            {
                "never" => 1,
                "success" => 2,
                "failure" => 4,
                "delay" => 8,
                _ => 0,
            };
            if (bit == 0)
            {
                Log.Warn($"unknown DSN NOTIFY command value \"{Printable.Neutralize(word)}\" in \"{Printable.Neutralize(argument)}\"");
                mask = 0;
                break;
            }

            mask |= bit;
        }

        // NEVER stands alone (RFC 3461 §4.1).
        if (mask == 0 || ((mask & 1) != 0 && mask != 1))
        {
            Log.Warn("bad -N option value -- ignored");
            return;
        }

        Notify = mask;
    }

    private void SetReturn(string argument)
    {
        int value = Ascii.EqualsIgnoreCase(argument, "full") ? 1 : Ascii.EqualsIgnoreCase(argument, "hdrs") ? 2 : 0;
        if (value == 0)
        {
            Log.Warn("bad -R option value -- ignored");
            return;
        }

        Return = value;
    }

    private void SetEnvelopeId(string argument)
    {
        if (argument.Length > 100)
        {
            Log.Warn("too long -V option value -- ignored");
        }
        else if (argument.Any(c => c is < ' ' or > '~'))
        {
            Log.Warn("bad syntax in -V option value -- ignored");
        }
        else
        {
            EnvelopeId = argument;
        }
    }

    private void SetVerp(string argument)
    {
        if (!argument.StartsWith('V'))
        {
            throw new FatalException($"unsupported: -X{Printable.Neutralize(argument.Length == 0 ? "" : argument[..1])}");
        }

        string delimiters = argument[1..];
        if (delimiters.Length > 0 && (delimiters.Length != 2 || delimiters.Any(c => !VerpFilter.Contains(c))))
        {
            throw new FatalException($"-V requires two characters from {VerpFilter}");
        }

        Verp = delimiters;
    }

    private void DemandCombination()
    {
        bool delivers = Mode == SendmailMode.Enqueue;
        Demand(delivers || !TakesHeaderRecipients, "-t can be used only in delivery mode");
        Demand(delivers || FlushSite is null, "-qR can be used only in delivery mode");
        Demand(delivers || FlushId is null, "-qI can be used only in delivery mode");
        Demand(!IsVerify || !TakesHeaderRecipients, "-t option cannot be used with -bv");
        Demand(!IsVerify || Notify == 0, "-N option cannot be used with -bv");
        Demand(!IsVerify || Return == 0, "-R option cannot be used with -bv");
        Demand(!IsVerify || Verbosity != 1, "-v option cannot be used with -bv");
        if (Operands.Count == 0)
        {
            return;
        }

        Demand(FlushSite is null, "flush site requires no recipient");
        Demand(FlushId is null, "flush queue_id requires no recipient");
        string? complaint = Mode switch
        {
            SendmailMode.ListQueue => "display queue mode requires no recipient",
            SendmailMode.FlushQueue => "flush queue mode requires no recipient",
            SendmailMode.Daemon => "daemon mode requires no recipient",
            SendmailMode.RebuildAliases => "alias initialization mode requires no recipient",
            SendmailMode.StandAlone => "stand-alone mode requires no recipient",
            SendmailMode.Enqueue or SendmailMode.Nothing => null,
        };
        Demand(complaint is null, complaint ?? "");
    }

    private static void Demand(bool holds, string complaint)
    {
        if (!holds)
        {
            throw new FatalException(complaint);
        }
    }

    // Both passes print what the C library would; the second one ends here.
    private static void Complain(bool first, string text)
    {
        CommandLineTool.PrintRaw($"sendmail: {text}");
        if (!first)
        {
            throw new FatalException(Usage);
        }
    }

    private static void Warn(bool silent, string text)
    {
        if (!silent)
        {
            Log.Warn(text);
        }
    }

    private static string DirectoryOf(string path) =>
        path == "main.cf" ? "." : path.EndsWith("/main.cf", StringComparison.Ordinal) ? path[..^"/main.cf".Length] : path;
}
