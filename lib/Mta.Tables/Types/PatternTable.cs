using System.Buffers;
using Mta.Linux;
using Mta.Tables.Source;
using Mta.Text;

namespace Mta.Tables.Types;

/// <summary>
/// Rules of regular expressions in order, the first match counts: what <c>regexp:</c> and <c>pcre:</c> have in common.
/// A bad rule is passed over with a warning, the others stay in force.
/// </summary>
internal abstract class PatternTable : LookupTable
{
    private const int StackSubject = 512;
    private const int StackGroups = 32;
    private const int FewRules = 4;
    private readonly List<Rule> _rules = [];
    private bool _hasNeedles;

    protected PatternTable(TableRegistry registry, string type, string name, TableFlags flags, TableOwner owner)
        : base(registry, type, name, flags | TableFlags.Pattern) => Owner = owner;

    private enum RuleKind
    {
        Match,
        If,
        EndIf,
    }

    public override TableOwner Owner { get; }

    /// <summary>What is said when a pattern's closing delimiter is missing; the two types differ.</summary>
    protected abstract string NoClosingDelimiterSuffix { get; }

    /// <summary>Longest subject, in bytes; longer ones are a temporary error.</summary>
    protected abstract int SubjectLimit { get; }

    /// <summary>The source of a rule table: a file, or the text in the name.</summary>
    /// <exception cref="TableException">It cannot be read.</exception>
    public static (byte[] Content, TableOwner Owner) ReadRules(string type, string name, TableAccess access)
    {
        BuiltInTypes.RequireReadOnly(type, name, access);
        if (name[0] == '{')
        {
            uint user = Posix.RealUser;
            return (SourceFile.FromInline(type, name), user == 0 ? TableOwner.Trusted : TableOwner.OfFile(user));
        }

        try
        {
            SourceFile source = SourceFile.Read(name);
            return (source.Content, TableOwner.OfFile(source.Status.UserId));
        }
        catch (LinuxException error)
        {
            throw new TableException($"open {name}: {error.Reason}", error);
        }
    }

    /// <summary>Takes a word such as <c>if</c> off, in any case and not followed by an alphanumeric, with the blanks behind it.</summary>
    public static bool TryTakeKeyword(ref ReadOnlySpan<char> text, string keyword)
    {
        if (!Ascii.StartsWithIgnoreCase(text, keyword) || (text.Length > keyword.Length && Ascii.IsAlphanumeric(text[keyword.Length])))
        {
            return false;
        }

        text = text[keyword.Length..].TrimStart(" \t\r\n\v\f");
        return true;
    }

    /// <summary>Takes any number of <c>!</c> off; true when they negate.</summary>
    public static bool TakeNegation(ref ReadOnlySpan<char> text)
    {
        bool negated = false;
        while (!text.IsEmpty && text[0] == '!')
        {
            negated = !negated;
            text = text[1..].TrimStart(" \t\r\n\v\f");
        }

        return negated;
    }

    protected override ValueTask<LookupResult> FindAsync(string key, CancellationToken stop)
    {
        if (key.Length > SubjectLimit)
        {
            string text = $"{Reference}: text of {key.Length} bytes exceeds the limit of {SubjectLimit} bytes";
            Registry.Settings.Warning(text);
            return new(LookupResult.Failed(text));
        }

        byte[]? rented = key.Length > StackSubject ? ArrayPool<byte>.Shared.Rent(key.Length) : null;
        try
        {
            Span<byte> subject = rented is not null ? rented : stackalloc byte[StackSubject];
            subject = subject[..ByteString.CopyTo(key, subject)];
            return new(Search(key, subject));
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    protected override bool TryFind(ReadOnlySpan<byte> key, out LookupResult result)
    {
        if (key.Length > SubjectLimit)
        {
            result = default;
            return false;
        }

        result = Search(null, key);
        return true;
    }

    /// <summary>Takes a pattern with its delimiters and flags off the front of a rule.</summary>
    /// <returns>The compiled pattern, or null when a warning was given and the rule is to be passed over.</returns>
    protected abstract PatternMatcher? TakePattern(ref ReadOnlySpan<char> rest, int line);

    protected void Warn(int line, string text) => Registry.Settings.Warning($"{Type} map {Name}, line {line}: {text}");

    /// <summary>Takes <c>/pattern/</c> off; any character that is no letter, digit or blank delimits, and a backslash protects it.</summary>
    protected bool TryTakeDelimited(ref ReadOnlySpan<char> rest, int line, out string pattern)
    {
        pattern = "";
        if (rest.IsEmpty)
        {
            Warn(line, "no regexp: skipping this rule");
            return false;
        }

        char delimiter = rest[0];
        int i = 1;
        while (i < rest.Length && rest[i] != delimiter)
        {
            i += rest[i] == '\\' && i + 1 < rest.Length ? 2 : 1;
        }

        if (i >= rest.Length)
        {
            Warn(line, $"no closing regexp delimiter \"{delimiter}\": {NoClosingDelimiterSuffix}");
            return false;
        }

        pattern = rest[1..i].ToString();
        rest = rest[(i + 1)..];
        return true;
    }

    /// <summary>Parses all rules.</summary>
    protected void Parse(byte[] content)
    {
        Stack<int> open = new();
        foreach (LogicalLine line in LogicalLines.Read(content, Name, Registry.Settings.Warning))
        {
            // A NUL ends a line, so that nothing may be left of it.
            ReadOnlySpan<char> text = line.Text.AsSpan().Trim(" \t\r\n\v\f");
            if (!text.IsEmpty)
            {
                ParseRule(text, line.First, open);
            }
        }

        while (open.TryPop(out int index))
        {
            _rules[index].End = _rules.Count;
            Warn(_rules[index].Line, "IF has no matching ENDIF");
        }

        // A sketch costs about as much as a few matches.
        _hasNeedles = _rules.Count(static rule => rule.Matcher is { HasNeedles: true }) >= FewRules;
    }

    private void ParseRule(ReadOnlySpan<char> rest, int line, Stack<int> open)
    {
        if (TryTakeKeyword(ref rest, "endif"))
        {
            if (!open.TryPop(out int start))
            {
                Warn(line, "ignoring ENDIF without matching IF");
                return;
            }

            if (!rest.IsEmpty)
            {
                Warn(line, "ignoring extra text after ENDIF");
            }

            _rules[start].End = _rules.Count;
            _rules.Add(new Rule { Kind = RuleKind.EndIf });
        }
        else if (TryTakeKeyword(ref rest, "if"))
        {
            bool negated = TakeNegation(ref rest);
            PatternMatcher? matcher = TakePattern(ref rest, line);
            if (matcher is null)
            {
                return;
            }

            rest = rest.TrimStart(" \t\r\n\v\f");
            if (!rest.IsEmpty)
            {
                Warn(line, $"ignoring extra text after IF statement: \"{rest}\"");
                Warn(line, "do not prepend whitespace to statements between IF and ENDIF");
            }

            open.Push(_rules.Count);
            _rules.Add(new Rule { Kind = RuleKind.If, Matcher = matcher, IsNegated = negated, Line = line });
        }
        else if (Ascii.IsAlphanumeric(rest[0]))
        {
            Warn(line, "ignoring unrecognized request");
        }
        else
        {
            ParseMatchRule(rest, line);
        }
    }

    private void ParseMatchRule(ReadOnlySpan<char> rest, int line)
    {
        bool negated = TakeNegation(ref rest);
        PatternMatcher? matcher = TakePattern(ref rest, line);
        if (matcher is null)
        {
            return;
        }

        string text = rest.Trim(" \t\r\n\v\f").ToString();
        if (text.Length == 0)
        {
            Warn(line, "no replacement text: using empty string");
        }

        if (!ReplacementTemplate.TryParse(text, out ReplacementTemplate? template, out string problem, out string? scope))
        {
            if (scope is null)
            {
                Registry.Settings.Warning(problem);
            }
            else
            {
                Warn(line, problem);
            }

            Warn(line, "bad replacement syntax: skipping this rule");
            return;
        }

        if (template.HasGroups && negated)
        {
            Warn(line, "$number found in negative match replacement text: skipping this rule");
        }
        else if (template.HasGroups && RequestFlags.HasFlag(TableFlags.NoRegexpSubstitution))
        {
            Warn(line, "regular expression substitution is not allowed: skipping this rule");
        }
        else if (template.MaxGroup > matcher.GroupCount || template.HasGroupZero)
        {
            Warn(line, $"out of range replacement index \"{(template.HasGroupZero ? 0 : template.MaxGroup)}\": skipping this rule");
        }
        else
        {
            _rules.Add(new Rule { Kind = RuleKind.Match, Matcher = matcher, IsNegated = negated, Template = template, Line = line });
        }
    }

    // The subject as a string is needed by replacements only.
    private LookupResult Search(string? key, ReadOnlySpan<byte> subject)
    {
        Span<(int Start, int End)> groups = stackalloc (int, int)[StackGroups];
        Span<ulong> bits = stackalloc ulong[_hasNeedles ? TextSketch.Words : 0];
        TextSketch sketch = _hasNeedles ? new TextSketch(subject, bits) : default;
        for (int i = 0; i < _rules.Count; i++)
        {
            Rule rule = _rules[i];
            if (rule.Kind == RuleKind.EndIf)
            {
                continue;
            }

            if (_hasNeedles && !rule.Matcher!.MayMatch(sketch)) // only ENDIF has none
            {
                if (!rule.IsNegated)
                {
                    i = rule.Kind == RuleKind.If ? rule.End : i;
                    continue;
                }

                if (rule.Kind == RuleKind.If)
                {
                    continue;
                }
            }

            int wanted = 1 + (rule.Template?.MaxGroup ?? 0);
            Span<(int Start, int End)> captured = wanted <= StackGroups ? groups[..wanted] : new (int, int)[wanted];
            bool match = rule.Matcher!.IsMatch(subject, captured, out string? error) != rule.IsNegated; // only ENDIF has none
            if (error is not null)
            {
                // A limit that a stranger's text reaches must not switch a rule off: the lookup fails instead.
                string text = $"{Type} map {Name}, line {rule.Line}: {error}";
                Registry.Settings.Warning(text);
                return LookupResult.Failed(text);
            }

            if (rule.Kind == RuleKind.If)
            {
                i = match ? i : rule.End;
            }
            else if (match)
            {
                return rule.Template!.Expand(key ?? ByteString.FromBytes(subject), captured); // match rules have one
            }
        }

        return LookupResult.NotFound;
    }

    private sealed class Rule
    {
        public RuleKind Kind { get; init; }

        public PatternMatcher? Matcher { get; init; }

        public bool IsNegated { get; init; }

        public ReplacementTemplate? Template { get; init; }

        public int Line { get; init; }

        /// <summary>Where the search goes on when an IF does not match: its ENDIF, or the end.</summary>
        public int End { get; set; }
    }
}

/// <summary>One compiled pattern of a rule.</summary>
internal abstract class PatternMatcher
{
    // Each a text of which one must occur; null when nothing is known.
    private readonly ushort[][]? _needles;

    /// <param name="needles">Texts of which any match contains one, in any case; null when there are none to name.</param>
    protected PatternMatcher(List<string>? needles)
    {
        _needles = needles?.ConvertAll(static needle => TextSketch.BitsOf(ByteString.ToBytes(needle))).ToArray();
    }

    /// <summary>Groups that a replacement may name.</summary>
    public abstract int GroupCount { get; }

    /// <summary>Whether <see cref="MayMatch"/> can say no.</summary>
    public bool HasNeedles => _needles is not null;

    /// <summary>False when the text certainly does not match.</summary>
    public bool MayMatch(TextSketch text)
    {
        if (_needles is null)
        {
            return true;
        }

        foreach (ushort[] needle in _needles)
        {
            if (text.MayContain(needle))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Matches; <paramref name="groups"/> (at least one) receives start and end of the whole and the groups.</summary>
    public abstract bool IsMatch(ReadOnlySpan<byte> subject, Span<(int Start, int End)> groups, out string? error);
}
