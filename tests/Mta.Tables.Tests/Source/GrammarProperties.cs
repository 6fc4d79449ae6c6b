using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Mta.Tables.Source;
using Mta.Text;

namespace Mta.Tables.Tests.Source;

/// <summary>What holds for any text of a table's source: it ends in rules or warnings, and what is written is found.</summary>
public sealed partial class GrammarProperties : IDisposable
{
    private static readonly Arbitrary<string> Texts =
        Gen.Elements("a", "b", "1", "/", "!", "/a/", "/(a|b)/", " ", "  ", "\t", "\n", "\n ", "#", "\"", "\\", "if ", "endif", "IF /b/\n", "endif\n", "$1", "${1}", "$$", "$", "{", "}", "(", ")", "[", "]", "*", "+", "|",
            "10.0.0.0/8", "10.1.2.3", "::1", "2001:db8::/32", "/33", ":", ",", "i", "m", "x", "\r", "\0", "\u00c3\u00a4", "\u00ff", "REJECT text")
            .ArrayOf().Select(string.Concat).ToArbitrary();

    private static readonly Arbitrary<string> Rules =
        Gen.Elements("/a/", "/(a|b)/", "/", "!", "(", ")", "[", "]", "[^a", "*", "+", "?", "|", ".", "^", "$", "\\", "\\1", "a", "B", "{2}", "{", "}", "i", "m", "x", "E", "X", " ", "\n", "\n ", "\nif ", "\nendif", "\nIF /b/", "\n/x/ ", "$1", "${2}", "$(3)", "$$", "$0", "(?:", "(?=", "[[:alpha:]]", "[[:nope:]]", "#", "\0", "\u00c3\u00a4", "\u00ff", "REJECT text")
            .ArrayOf().Select(static parts => string.Concat(parts.Take(40))).ToArbitrary();

    // No pattern of these can take long; those that could are another test's.
    private static readonly string[] Subjects = ["", "a", "b1", "10.1.2.3", "2001:db8::1", "a b", "\u00ff", "endif"];

    private readonly TestTables _tables = new();
    private int _number;

    public void Dispose() => _tables.Dispose();

    [Fact]
    public void A_map_source_ends_with_entries_and_warnings() => Prop.ForAll(Texts, static text =>
    {
        List<string> warnings = [];
        foreach (SourceEntry entry in MapSource.Read(ByteString.ToBytes(text), "src", utf8: true, "", warnings.Add))
        {
            if (entry.Key.Length == 0 || entry.Value.Length == 0 || entry.Value != entry.Value.Trim(' ', '\t', '\r'))
            {
                return false;
            }
        }

        return warnings.TrueForAll(static warning => warning.Contains("src", StringComparison.Ordinal));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_a_map_source_says_is_found() => Prop.ForAll(Gen.Choose(0, 1_000_000).Two().ToArbitrary(), pair =>
    {
        (int key, int value) = pair;
        string text = string.Create(CultureInfo.InvariantCulture, $"# comment\n k{key} x\nK{key}   v{value}\n\t more \n\n# end\nother y\n");
        string path = _tables.Write(string.Create(CultureInfo.InvariantCulture, $"map{_number++}"), text);
        return _tables.Ask($"texthash:{path}", string.Create(CultureInfo.InvariantCulture, $"k{key}"))
            == string.Create(CultureInfo.InvariantCulture, $"v{value}\t more") && _tables.Ask($"texthash:{path}", "other") == "y";
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("cidr")]
    [InlineData("texthash")]
    public void A_table_of_any_text_opens_or_says_why_and_answers(string type) => Prop.ForAll(Texts, text =>
    {
        string path = _tables.Write(string.Create(CultureInfo.InvariantCulture, $"{type}{_number++}"), text);
        if (!_tables.Registry.TryOpen($"{type}:{path}", TableFlags.Usual, TableAccess.ReadOnly, out LookupTable? table, out string error))
        {
            return error.Length > 0;
        }

        foreach (string subject in Subjects)
        {
            _ = TestTables.Ask(table, subject);
        }

        return true;
    }).QuickCheckThrowOnFailure();

    // Bad rules are passed over, each with a line that says where; the rest answers. Texts are short: what a compiler of
    // expressions makes of long ones is another test's.
    [Theory]
    [InlineData("regexp")]
    [InlineData("pcre")]
    public void A_table_of_any_rules_answers_or_says_in_which_line_it_is_broken(string type) => Prop.ForAll(Rules, text =>
    {
        _tables.Warnings.Clear();
        string path = _tables.Write(string.Create(CultureInfo.InvariantCulture, $"{type}{_number++}"), text);
        if (!_tables.Registry.TryOpen($"{type}:{path}", TableFlags.Usual, TableAccess.ReadOnly, out LookupTable? table, out string error))
        {
            return Place().IsMatch(error);
        }

        foreach (string subject in Subjects)
        {
            _ = TestTables.Ask(table, subject);
        }

        return _tables.Warnings.TrueForAll(IsPlaced);
    }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(300));

    [Theory]
    [InlineData("regexp")]
    [InlineData("pcre")]
    public void A_rule_beside_any_rules_counts(string type) => Prop.ForAll(Rules, text =>
    {
        _tables.Warnings.Clear();
        string path = _tables.Write(string.Create(CultureInfo.InvariantCulture, $"{type}{_number++}"), $"/^sure$/ found\n/none such/ x\n{text}");
        return !_tables.Registry.TryOpen($"{type}:{path}", TableFlags.Usual, TableAccess.ReadOnly, out LookupTable? table, out string error)
            ? Place().IsMatch(error)
            : TestTables.Ask(table, "sure") == "found";
    }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void An_inline_table_of_any_text_opens_or_says_why() => Prop.ForAll(Texts, text =>
        _tables.Registry.TryOpen($"inline:{{{text}}}", TableFlags.Usual, TableAccess.ReadOnly, out _, out string error) || error.Length > 0).QuickCheckThrowOnFailure();

    [Fact]
    public void A_network_holds_the_addresses_with_its_bits() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).Two().Zip(Gen.Choose(0, 32)).ToArbitrary(),
        made =>
        {
            ((int first, int second), int length) = made;
            uint mask = length == 0 ? 0 : uint.MaxValue << (32 - length);
            uint network = (uint)first * 2 & mask;
            uint other = (uint)second * 2 + 1;
            string path = _tables.Write(
                string.Create(CultureInfo.InvariantCulture, $"net{_number++}"),
                string.Create(CultureInfo.InvariantCulture, $"{Dotted(network)}/{length} inside\n!{Dotted(network)}/{length} outside\n"));
            return _tables.Ask($"cidr:{path}", Dotted(network)) == "inside"
                && _tables.Ask($"cidr:{path}", Dotted(other)) == ((other & mask) == network ? "inside" : "outside")
                && _tables.Ask($"cidr:{path}", "::1") == "-";
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_rule_within_if_counts_where_both_match() => Prop.ForAll(Gen.Elements("regexp", "pcre").Zip(Gen.Elements("a", "b", "ab", "c").Two()).Zip(Gen.Elements("", "!")).ToArbitrary(), made =>
    {
        ((string type, (string outer, string inner)), string not) = made;
        string path = _tables.Write(string.Create(CultureInfo.InvariantCulture, $"if{_number++}"), $"if {not}/{outer}/\n/({inner})/ got-$1\nendif\n/./ rest\n");
        foreach (string subject in (string[])["a", "b", "xaby", "c"])
        {
            bool enters = subject.Contains(outer, StringComparison.Ordinal) != (not.Length > 0);
            string want = enters && subject.Contains(inner, StringComparison.Ordinal) ? $"got-{inner}" : "rest";
            if (_tables.Ask($"{type}:{path}", subject) != want)
            {
                return false;
            }
        }

        return true;
    }).QuickCheckThrowOnFailure();

    // A replacement that makes no sense is told of twice: what it is, then where.
    private static bool IsPlaced(string warning) => Place().IsMatch(warning) || warning.Contains("logical line must not start with whitespace", StringComparison.Ordinal) || !warning.Contains(" map ", StringComparison.Ordinal);

    [GeneratedRegex(", line [0-9]+")]
    private static partial Regex Place();

    private static string Dotted(uint address) => new IPAddress([(byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8), (byte)address]).ToString();
}
