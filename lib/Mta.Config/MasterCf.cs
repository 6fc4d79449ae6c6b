using Mta.Linux;
using Mta.Tables;

namespace Mta.Config;

/// <summary>Reads master.cf: the services of a mail system. Every error names file and line.</summary>
public static class MasterCf
{
    private const string Blanks = " \t\r\n";

    private static readonly (string Name, ServiceType Type)[] Types =
    [
        ("inet", ServiceType.Inet),
        ("unix", ServiceType.Unix),
        ("fifo", ServiceType.Fifo),
        ("pass", ServiceType.Pass),
        ("unix-dgram", ServiceType.UnixDatagram),
    ];

    /// <summary>The type as master.cf spells it.</summary>
    public static string NameOf(ServiceType type) => Types[(int)type].Name;

    /// <summary>The type with this spelling.</summary>
    public static bool TryParseType(string name, out ServiceType type)
    {
        foreach ((string known, ServiceType value) in Types)
        {
            if (known == name)
            {
                type = value;
                return true;
            }
        }

        type = default;
        return false;
    }

    /// <exception cref="ConfigurationException">The file cannot be read, or an entry is wrong.</exception>
    /// <param name="path">Where the file is.</param>
    /// <param name="warn">Told of lines that mean nothing.</param>
    public static List<MasterEntry> Load(string path, Action<string>? warn = null)
    {
        string text;
        try
        {
            text = TextFile.Read(path);
        }
        catch (LinuxException error)
        {
            throw new ConfigurationException($"{error.Call} {path}: {error.Reason}", error);
        }

        return Parse(text, path, warn);
    }

    /// <param name="path">The file's name in error texts.</param>
    /// <exception cref="ConfigurationException">An entry is wrong.</exception>
    /// <param name="warn">Told of lines that mean nothing.</param>
    public static List<MasterEntry> Parse(string text, string path, Action<string>? warn = null)
    {
        var entries = new List<MasterEntry>();
        foreach (LogicalLine line in LogicalLines.Split(text, orphan => warn?.Invoke($"{path}: logical line must not start with whitespace: \"{orphan}\"")))
        {
            entries.Add(ParseEntry(line, path));
        }

        return entries;
    }

    /// <summary>
    /// Whether master_service_disable names the service: a list of <c>name/type</c> or <c>type</c>, compared without
    /// case; the first match counts, and one with <c>!</c> in front means no.
    /// </summary>
    public static bool IsDisabled(MasterEntry entry, string masterServiceDisable)
    {
        foreach (string word in TableListSyntax.Split(masterServiceDisable))
        {
            ReadOnlySpan<char> pattern = word;
            bool isNegated = false;
            while (pattern.StartsWith("!"))
            {
                isNegated = !isNegated;
                pattern = pattern[1..];
            }

            // The old form has a dot: "smtp.inet".
            if (pattern.Equals(entry.TypeName, StringComparison.OrdinalIgnoreCase)
                || pattern.Equals(entry.NameAndType, StringComparison.OrdinalIgnoreCase)
                || pattern.Equals($"{entry.Name}.{entry.TypeName}", StringComparison.OrdinalIgnoreCase))
            {
                return !isNegated;
            }
        }

        return false;
    }

    private static MasterEntry ParseEntry(LogicalLine line, string path)
    {
        string where = $"{path}: line {line.Number}";
        ReadOnlySpan<char> rest = line.Text;
        string name = Field(ref rest, "service name", where);
        string typeName = Field(ref rest, "transport type", where);
        if (!TryParseType(typeName, out ServiceType type))
        {
            throw new ConfigurationException($"{where}: bad transport type: {typeName}");
        }

        bool? isPrivate = YesNo(Field(ref rest, "private", where), "private", where);
        if (type == ServiceType.Inet && (isPrivate ?? true))
        {
            throw new ConfigurationException($"{where}: inet service cannot be private");
        }

        if (type != ServiceType.Inet && (name.StartsWith('/') || name.Split('/').Contains("..")))
        {
            throw new ConfigurationException($"{where}: bad service name: {name}");
        }

        bool? unprivileged = YesNo(Field(ref rest, "unprivileged", where), "unprivileged", where);
        bool? chroot = YesNo(Field(ref rest, "chroot", where), "chroot", where);
        string wakeupField = Field(ref rest, "wakeup_time", where);
        bool isConditional = wakeupField.EndsWith('?');
        int? wakeup = Number(isConditional ? wakeupField[..^1] : wakeupField, wakeupField, "wakeup_time", where);
        string limitField = Field(ref rest, "max_proc", where);
        int? limit = Number(limitField, limitField, "max_proc", where);
        string command = Field(ref rest, "command", where);
        var fields = new List<string> { name, typeName, Written(isPrivate), Written(unprivileged), Written(chroot), wakeupField, limitField, command };
        var arguments = new List<string>();
        while (NextWord(ref rest, where) is { } word)
        {
            fields.Add(word);
            arguments.Add(WithoutBraces(word, where));
        }

        return new MasterEntry
        {
            Line = line.Number,
            Name = name,
            Type = type,
            Private = isPrivate,
            Unprivileged = unprivileged,
            Chroot = chroot,
            Wakeup = wakeup,
            WakeupOnlyIfUsed = isConditional,
            ProcessLimit = limit,
            Command = command,
            Arguments = arguments,
            Fields = fields,
        };
    }

    private static string Written(bool? value) => value switch { null => "-", true => "y", false => "n" };

    private static string Field(ref ReadOnlySpan<char> rest, string field, string where)
    {
        rest = rest.TrimStart(Blanks);
        int end = rest.IndexOfAny(Blanks);
        end = end < 0 ? rest.Length : end;
        if (end == 0)
        {
            throw new ConfigurationException($"{where}: missing \"{field}\" field");
        }

        string value = rest[..end].ToString();
        rest = rest[end..];
        return value;
    }

    private static bool? YesNo(string value, string field, string where) => value switch
    {
        "-" => null,
        "y" => true,
        "n" => false,
        _ => throw new ConfigurationException($"{where}: field \"{field}\": bad value: \"{value}\""),
    };

    private static int? Number(string digits, string value, string field, string where)
    {
        if (value == "-")
        {
            return null;
        }

        return digits.Length is > 0 and <= 9 && digits.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0
            ? int.Parse(digits)
            : throw new ConfigurationException($"{where}: field \"{field}\": bad value: \"{value}\"");
    }

    // A word, or a whole { ... } with the braces inside it counted.
    private static string? NextWord(ref ReadOnlySpan<char> rest, string where)
    {
        rest = rest.TrimStart(Blanks);
        if (rest.IsEmpty)
        {
            return null;
        }

        int end = 0;
        if (rest[0] == '{')
        {
            int depth = 0;
            do
            {
                depth += rest[end] switch { '{' => 1, '}' => -1, _ => 0 };
                end++;
            }
            while (depth > 0 && end < rest.Length);
            if (depth > 0)
            {
                throw new ConfigurationException($"{where}: missing '}}' in \"{rest}\"");
            }
        }

        int blank = rest[end..].IndexOfAny(Blanks);
        int length = blank < 0 ? rest.Length : end + blank;
        string word = rest[..length].ToString();
        rest = rest[length..];
        return word;
    }

    private static string WithoutBraces(string word, string where)
    {
        if (!word.StartsWith('{'))
        {
            return word;
        }

        if (!word.EndsWith('}') || DepthBeforeLast(word) != 1)
        {
            throw new ConfigurationException($"{where}: syntax error after '}}' in \"{word}\"");
        }

        return word[1..^1].Trim(Blanks.ToCharArray());
    }

    // 1 when the first brace is closed by the last character and not before.
    private static int DepthBeforeLast(string word)
    {
        int depth = 0;
        for (int i = 0; i < word.Length - 1; i++)
        {
            depth += word[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
            {
                return 0;
            }
        }

        return depth;
    }
}
