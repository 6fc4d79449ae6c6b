using Mta.Tables.Source;
using Mta.Text;

namespace Mta.Tables.Types;

/// <summary><c>cidr:FILE</c> and <c>cidr:{ {rule} ... }</c>: network patterns in order, the first match counts.</summary>
internal sealed class CidrTable : LookupTable
{
    private readonly List<Rule> _rules = [];

    private CidrTable(TableRegistry registry, string type, string name, TableFlags flags, TableOwner owner)
        : base(registry, type, name, flags | TableFlags.Pattern) => Owner = owner;

    private enum RuleKind
    {
        Match,
        If,
        EndIf,
    }

    public override TableOwner Owner { get; }

    public static LookupTable Open(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access)
    {
        (byte[] content, TableOwner owner) = PatternTable.ReadRules(type, name, access);
        CidrTable table = new(registry, type, name, flags, owner);
        table.Parse(content);
        return table;
    }

    protected override ValueTask<LookupResult> FindAsync(string key, CancellationToken stop)
    {
        Span<byte> address = stackalloc byte[16];
        if (!CidrPattern.TryParseAddress(key, address, out int count))
        {
            return new(LookupResult.NotFound);
        }

        for (int i = 0; i < _rules.Count; i++)
        {
            Rule rule = _rules[i];
            if (rule.Kind == RuleKind.EndIf)
            {
                continue;
            }

            // A negated pattern matches other addresses of its own family only.
            bool sameFamily = rule.Pattern!.IsIPv6 == (count == 16); // only ENDIF has none
            bool match = sameFamily && rule.Pattern.Contains(address[..count]) != rule.IsNegated;
            if (rule.Kind == RuleKind.If)
            {
                i = match ? i : rule.End;
            }
            else if (match)
            {
                return new(rule.Answer);
            }
        }

        return new(LookupResult.NotFound);
    }

    private void Parse(byte[] content)
    {
        Stack<int> open = new();
        foreach (LogicalLine line in LogicalLines.Read(content, Name, Registry.Settings.Warning))
        {
            string? error = ParseRule(line, open);
            if (error is not null)
            {
                Registry.Settings.Warning($"cidr map {Name}, line {line.First}: {error}: skipping this rule");
            }
        }

        while (open.TryPop(out int index))
        {
            _rules[index].End = _rules.Count;
            Registry.Settings.Warning($"cidr map {Name}, line {_rules[index].Line}: IF has no matching ENDIF");
        }
    }

    private string? ParseRule(LogicalLine line, Stack<int> open)
    {
        ReadOnlySpan<char> rest = line.Text.AsSpan().Trim(" \t\r\n\v\f");
        RuleKind kind = RuleKind.Match;
        if (PatternTable.TryTakeKeyword(ref rest, "endif"))
        {
            if (!rest.IsEmpty)
            {
                return "garbage after ENDIF";
            }

            if (!open.TryPop(out int start))
            {
                return "ENDIF without IF";
            }

            _rules[start].End = _rules.Count;
            _rules.Add(new Rule { Kind = RuleKind.EndIf });
            return null;
        }

        if (PatternTable.TryTakeKeyword(ref rest, "if"))
        {
            kind = RuleKind.If;
        }

        bool negated = PatternTable.TakeNegation(ref rest);
        int end = 0;
        while (end < rest.Length && !Ascii.IsSpace(rest[end]))
        {
            end++;
        }

        if (end == 0)
        {
            return "no address pattern";
        }

        string pattern = rest[..end].ToString();
        string value = rest[end..].Trim(" \t\r\n\v\f").ToString();
        if (kind == RuleKind.Match && value.Length == 0)
        {
            return CidrPattern.TryParse(pattern, out _, out string reason) ? "no lookup result" : reason;
        }

        if (!CidrPattern.TryParse(pattern, out CidrPattern? parsed, out string error))
        {
            return error;
        }

        if (kind == RuleKind.If)
        {
            open.Push(_rules.Count);
        }

        _rules.Add(new Rule { Kind = kind, Pattern = parsed, IsNegated = negated, Answer = LookupResult.Found(value), Line = line.First });
        return null;
    }

    private sealed class Rule
    {
        public RuleKind Kind { get; init; }

        public CidrPattern? Pattern { get; init; }

        public bool IsNegated { get; init; }

        public LookupResult Answer { get; init; }

        public int Line { get; init; }

        /// <summary>Where the search goes on when an IF does not match: its ENDIF, or the end.</summary>
        public int End { get; set; }
    }
}
