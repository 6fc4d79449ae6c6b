using System.Diagnostics;
using Mta.Linux;
using Mta.Text;

namespace Mta.Tables.Types;

/// <summary>
/// <c>regexp:FILE</c> and <c>regexp:{ {rule} ... }</c>: POSIX expressions of the C library. Its matcher takes
/// exponential time only with back-references, which are refused unless allowed; otherwise time is bounded by the
/// length of the text and by the clock.
/// </summary>
internal sealed class RegexpTable : PatternTable
{
    private RegexpTable(TableRegistry registry, string type, string name, TableFlags flags, TableOwner owner)
        : base(registry, type, name, flags, owner)
    {
    }

    protected override string NoClosingDelimiterSuffix => "skipping this rule";

    protected override int SubjectLimit => Registry.Settings.RegexpSubjectLimit;

    public static LookupTable Open(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access)
    {
        (byte[] content, TableOwner owner) = ReadRules(type, name, access);
        RegexpTable table = new(registry, type, name, flags, owner);
        table.Parse(content);
        return table;
    }

    // /p1/flags, or /p1/flags!/p2/flags: p1 and not p2.
    protected override PatternMatcher? TakePattern(ref ReadOnlySpan<char> rest, int line)
    {
        if (!TryTakeOne(ref rest, line, out string first, out PosixRegex.Options firstOptions))
        {
            return null;
        }

        string? second = null;
        PosixRegex.Options secondOptions = default;
        if (!rest.IsEmpty && rest[0] == '!')
        {
            rest = rest[1..].TrimStart(" \t\r\n\v\f");
            if (!TryTakeOne(ref rest, line, out second, out secondOptions))
            {
                return null;
            }
        }

        PosixRegex? compiled = Compile(first, firstOptions, line);
        PosixRegex? excluded = compiled is null || second is null ? null : Compile(second, secondOptions, line);
        return compiled is null || (second is not null && excluded is null) ? null : new Matcher(compiled, excluded);
    }

    private static bool HasBackReference(string pattern)
    {
        bool bracket = false;
        for (int i = 0; i < pattern.Length; i++)
        {
            if (bracket)
            {
                bracket = pattern[i] != ']';
            }
            else if (pattern[i] == '[')
            {
                bracket = true;
                i += i + 1 < pattern.Length && pattern[i + 1] == '^' ? 1 : 0;
                i += i + 1 < pattern.Length && pattern[i + 1] == ']' ? 1 : 0;
            }
            else if (pattern[i] == '\\' && i + 1 < pattern.Length)
            {
                i++;
                if (pattern[i] is >= '1' and <= '9')
                {
                    return true;
                }
            }
        }

        return false;
    }

    private bool TryTakeOne(ref ReadOnlySpan<char> rest, int line, out string pattern, out PosixRegex.Options options)
    {
        options = PosixRegex.Options.Extended | PosixRegex.Options.IgnoreCase;
        if (!TryTakeDelimited(ref rest, line, out pattern))
        {
            return false;
        }

        for (; !rest.IsEmpty && !Ascii.IsSpace(rest[0]) && rest[0] != '!'; rest = rest[1..])
        {
            switch (rest[0])
            {
                case 'i':
                    options ^= PosixRegex.Options.IgnoreCase;
                    break;
                case 'm':
                    options ^= PosixRegex.Options.NewLine;
                    break;
                case 'x':
                    options ^= PosixRegex.Options.Extended;
                    break;
                default:
                    Warn(line, $"unknown regexp option \"{rest[0]}\": skipping this rule");
                    return false;
            }
        }

        return true;
    }

    private PosixRegex? Compile(string pattern, PosixRegex.Options options, int line)
    {
        // Leaving the rule out would open what it closes, so the whole table is refused.
        if (!Registry.Settings.RegexpBackreferences && HasBackReference(pattern))
        {
            throw new TableException($"regexp map {Name}, line {line}: a back-reference can take unbounded time; specify \"regexp_backreferences = yes\" to allow it");
        }

        PosixRegex? regex = PosixRegex.Compile(ByteString.ToBytes(pattern), options, out string error);
        if (regex is null)
        {
            Warn(line, error);
        }

        return regex;
    }

    /// <summary>
    /// An unanchored expression is tried from every position, each time perhaps to the end, so that the time can grow
    /// with the square of a stranger's text. Long texts are searched piece by piece with an eye on the clock.
    /// </summary>
    private sealed class Matcher(PosixRegex regex, PosixRegex? excluded) : PatternMatcher(needles: null)
    {
        private const int ShortSubject = 2048;
        private const int Piece = 256;
        private const int LongestCapture = 16_384;
        private static readonly TimeSpan TimeLimit = TimeSpan.FromMilliseconds(500);

        public override int GroupCount => regex.GroupCount;

        public override bool IsMatch(ReadOnlySpan<byte> subject, Span<(int Start, int End)> groups, out string? error)
        {
            int start = Search(regex, subject, out error);
            if (start < 0 || (excluded is not null && (Search(excluded, subject, out error) >= 0 || error is not null)))
            {
                return false;
            }

            if (groups.Length > 1)
            {
                error = subject.Length > LongestCapture ? "text too long for $number substitution"
                    : regex.Capture(subject, start, groups) ? null
                    : "out of memory";
            }

            return error is null;
        }

        private static int Search(PosixRegex regex, ReadOnlySpan<byte> subject, out string? error)
        {
            error = null;
            int found = -1;
            if (subject.Length <= ShortSubject)
            {
                found = regex.Search(subject, 0, subject.Length);
            }
            else
            {
                long began = Stopwatch.GetTimestamp();
                for (int start = 0; start <= subject.Length && found == -1; start += Piece + 1)
                {
                    found = regex.Search(subject, start, Math.Min(Piece, subject.Length - start));
                    if (found == -1 && Stopwatch.GetElapsedTime(began) > TimeLimit)
                    {
                        error = "matching takes too long";
                        return -1;
                    }
                }
            }

            error = found == -2 ? "out of memory" : null;
            return found;
        }
    }
}
