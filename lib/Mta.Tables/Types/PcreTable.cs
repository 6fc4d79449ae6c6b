using Mta.Linux;
using Mta.Text;

namespace Mta.Tables.Types;

/// <summary>
/// <c>pcre:FILE</c> and <c>pcre:{ {rule} ... }</c>: Perl-compatible expressions, with limits on the work that one
/// match may take.
/// </summary>
internal sealed class PcreTable : PatternTable
{
    private PcreTable(TableRegistry registry, string type, string name, TableFlags flags, TableOwner owner)
        : base(registry, type, name, flags, owner)
    {
    }

    protected override string NoClosingDelimiterSuffix => "ignoring this rule";

    protected override int SubjectLimit => int.MaxValue;

    public static LookupTable Open(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access)
    {
        (byte[] content, TableOwner owner) = ReadRules(type, name, access);
        PcreTable table = new(registry, type, name, flags, owner);
        table.Parse(content);
        return table;
    }

    protected override PatternMatcher? TakePattern(ref ReadOnlySpan<char> rest, int line)
    {
        if (!TryTakeDelimited(ref rest, line, out string pattern))
        {
            return null;
        }

        Pcre2Regex.Options options = Pcre2Regex.Options.Caseless | Pcre2Regex.Options.DotAll;
        for (; !rest.IsEmpty && !Ascii.IsSpace(rest[0]); rest = rest[1..])
        {
            switch (rest[0])
            {
                case 'i':
                    options ^= Pcre2Regex.Options.Caseless;
                    break;
                case 'm':
                    options ^= Pcre2Regex.Options.Multiline;
                    break;
                case 's':
                    options ^= Pcre2Regex.Options.DotAll;
                    break;
                case 'x':
                    options ^= Pcre2Regex.Options.Extended;
                    break;
                case 'A':
                    options ^= Pcre2Regex.Options.Anchored;
                    break;
                case 'E':
                    options ^= Pcre2Regex.Options.DollarEndOnly;
                    break;
                case 'U':
                    options ^= Pcre2Regex.Options.Ungreedy;
                    break;
                case 'X':
                    Warn(line, "ignoring obsolete regexp option \"X\"");
                    break;
                default:
                    Warn(line, $"unknown regexp option \"{rest[0]}\": skipping this rule");
                    return null;
            }
        }

        Pcre2Regex? regex = Pcre2Regex.Compile(ByteString.ToBytes(pattern), options, out int offset, out string error);
        if (regex is null)
        {
            Warn(line, $"error in regex at offset {offset}: {error}");
            return null;
        }

        // With blanks and comments in it, the pattern is not read here.
        return new Matcher(regex, options.HasFlag(Pcre2Regex.Options.Extended) ? null : PatternNeedles.Find(pattern));
    }

    private sealed class Matcher(Pcre2Regex regex, List<string>? needles) : PatternMatcher(needles)
    {
        public override int GroupCount => regex.GroupCount;

        public override bool IsMatch(ReadOnlySpan<byte> subject, Span<(int Start, int End)> groups, out string? error) =>
            regex.IsMatch(subject, groups, out error);
    }
}
