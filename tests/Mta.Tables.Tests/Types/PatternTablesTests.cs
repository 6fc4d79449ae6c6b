using System.Diagnostics;
using Mta.Tables.Types;
using Mta.Text;

namespace Mta.Tables.Tests.Types;

public sealed class PatternTablesTests : IDisposable
{
    private readonly TestTables _tables = new();

    [Theory]
    [InlineData("/^a$/ x", "A", "x")]
    [InlineData("/^a$/i x", "A", "-")]
    [InlineData("/a.b/ x", "a\nb", "x")]
    [InlineData("!/a/ x", "b", "x")]
    [InlineData("!/a/ x", "a", "-")]
    [InlineData("!!/a/ x", "a", "x")]
    [InlineData("/(a)(b)?/ <$1><$2><${1}><$(1)>$$", "a", "<a><><a><a>$")]
    [InlineData("|a/b| x", "a/b", "x")]
    [InlineData("/a\\/b/ x", "a/b", "x")]
    [InlineData("if /a/\n/b/ x\nendif\n/c/ y", "ab", "x")]
    [InlineData("if /a/\n/b/ x\nendif\n/c/ y", "bc", "y")]
    [InlineData("if !/a/\n/b/ x\nENDIF", "b", "x")]
    [InlineData("if /a/\nif /b/\n/./ x\nendif\n/./ y\nendif\n/./ z", "a", "y")]
    [InlineData("if /a/\nif /b/\n/./ x\nendif\n/./ y\nendif\n/./ z", "c", "z")]
    [InlineData("if /a/\n/./ x", "b", "-")]
    [InlineData("/bad(/ x\n/a/ y", "a", "y")]
    public void Both_types_give(string rules, string key, string expected)
    {
        string path = _tables.Write("rules", rules + "\n");
        Assert.Equal(expected, _tables.Ask($"regexp:{path}", key));
        Assert.Equal(expected, _tables.Ask($"pcre:{path}", key));
    }

    [Theory]
    [InlineData("/a/!/b/ x", "a", "x")]
    [InlineData("/a/!/b/ x", "ab", "-")]
    [InlineData("/a/! /b/ x", "a", "x")]
    public void Regexp_takes_a_second_pattern_that_must_not_match(string rules, string key, string expected) =>
        Assert.Equal(expected, _tables.Ask($"regexp:{_tables.Write("rules", rules + "\n")}", key));

    [Theory]
    [InlineData("foo", "ignoring unrecognized request")]
    [InlineData("/a x", "no closing regexp delimiter \"/\": skipping this rule")]
    [InlineData("/a/z x", "unknown regexp option \"z\": skipping this rule")]
    [InlineData("/(.)/ $2", "out of range replacement index \"2\": skipping this rule")]
    [InlineData("!/(.)/ $1", "$number found in negative match replacement text: skipping this rule")]
    [InlineData("/a/", "no replacement text: using empty string")]
    [InlineData("endif", "ignoring ENDIF without matching IF")]
    [InlineData("if /a/", "IF has no matching ENDIF")]
    [InlineData("if", "no regexp: skipping this rule")]
    public void A_bad_rule_is_told_with_file_and_line(string rule, string expected)
    {
        string path = _tables.Write("rules", "# comment\n" + rule + "\n");
        _tables.Registry.Open($"regexp:{path}");
        Assert.Equal($"regexp map {path}, line 2: {expected}", Assert.Single(_tables.Warnings));
    }

    [Fact]
    public void Substitution_is_refused_where_the_caller_forbids_it()
    {
        string path = _tables.Write("rules", "/(.*)/ $1\n/./ safe\n");
        Assert.Equal("safe", _tables.Ask($"pcre:{path}", "a", TableFlags.Usual | TableFlags.NoRegexpSubstitution));
        Assert.Equal($"pcre map {path}, line 1: regular expression substitution is not allowed: skipping this rule", Assert.Single(_tables.Warnings));
    }

    [Theory]
    [InlineData("/(.)\\1/ x")]
    [InlineData("/[]a\\]*(b)\\1/ x")]
    public void Back_references_in_regexp_are_refused_with_file_and_line(string rule)
    {
        string path = _tables.Write("rules", rule + "\n");
        FatalException failure = Assert.Throws<FatalException>(() => _tables.Registry.Open($"regexp:{path}"));
        Assert.Contains($"{path}, line 1:", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Back_references_can_be_allowed()
    {
        using TestTables tables = new(backReferences: true);
        Assert.Equal("x", tables.Ask("regexp:{{/^(.)\\1$/ x}}", "aa"));
    }

    [Fact]
    public void A_backslash_digit_inside_brackets_is_no_back_reference() => Assert.Equal("x", _tables.Ask("regexp:{{/^[\\1]$/ x}}", "1"));

    [Fact]
    public void A_pattern_that_would_take_forever_is_a_failure_and_not_a_miss()
    {
        Stopwatch watch = Stopwatch.StartNew();
        Assert.Equal("!", _tables.Ask("pcre:{{/^(a+)+$/ x}}", new string('a', 5000) + "!"));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"took {watch.Elapsed}");
        Assert.NotEmpty(_tables.Warnings);
    }

    [Fact]
    public void A_text_above_the_limit_is_a_failure_of_regexp()
    {
        using TestTables tables = new(subjectLimit: 2048);
        Assert.Equal("x", tables.Ask("regexp:{{/a/ x}}", new string('a', 2048)));
        Assert.Equal("!", tables.Ask("regexp:{{/a/ x}}", new string('a', 2049)));
    }

    [Fact]
    public void A_regexp_that_would_take_forever_is_a_failure_and_not_a_miss()
    {
        Stopwatch watch = Stopwatch.StartNew();
        Assert.Equal("!", _tables.Ask("regexp:{{/(.*)(.*)(.*)(.*)x/ y}}", new string('v', 100_000)));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"took {watch.Elapsed}");
    }

    [Theory]
    [InlineData("/^v.*(x)$/ <$1>", "<x>")]
    [InlineData("/(x)/ <$1>", "<x>")]
    [InlineData("/v(vx)$/ <$1>", "<vx>")]
    [InlineData("/y/ z", "-")]
    [InlineData("/^x/ z", "-")]
    public void Long_texts_are_searched_as_a_whole(string rule, string expected) =>
        Assert.Equal(expected, _tables.Ask($"regexp:{{{{{rule}}}}}", new string('v', 9_000) + "x"));

    [Fact]
    public void A_nul_byte_does_not_end_the_text() => Assert.Equal("x", _tables.Ask("regexp:{{/b/ x}}", "a\0b"));

    [Fact]
    public void Lookups_run_on_many_threads()
    {
        LookupTable regexp = _tables.Registry.Open("regexp:{{/^(.*)@(.*)$/ $2!$1}}");
        LookupTable pcre = _tables.Registry.Open("pcre:{{/^(.*)@(.*)$/ $2!$1}}");
        Parallel.For(0, 2000, i =>
        {
            Assert.Equal($"d!u{i}", TestTables.Ask(regexp, $"u{i}@d"));
            Assert.Equal($"d!u{i}", TestTables.Ask(pcre, $"u{i}@d"));
        });
    }

    [Theory]
    [InlineData("1.2.3.0/24", "1.2.3.77", true)]
    [InlineData("1.2.3.0/24", "1.2.4.1", false)]
    [InlineData("[1.2.3.0]/24", "1.2.3.1", true)]
    [InlineData("[1.2.3.0/24]", "1.2.3.1", true)]
    [InlineData("0.0.0.0/0", "9.9.9.9", true)]
    [InlineData("2001:db8::/32", "2001:db8::5", true)]
    [InlineData("::/0", "1.2.3.4", false)]
    [InlineData("!1.2.3.4", "1.2.3.5", true)]
    [InlineData("!1.2.3.4", "::1", false)]
    [InlineData("1.2.3.4", "host.example", false)]
    [InlineData("1.2.3.4", "1.2.3.04", false)]
    public void Cidr_matches(string pattern, string key, bool expected) =>
        Assert.Equal(expected ? "x" : "-", _tables.Ask($"cidr:{_tables.Write("rules", pattern + " x\n")}", key));

    [Theory]
    [InlineData("1.2.3 x", "bad address pattern: \"1.2.3\"")]
    [InlineData("1.2.3.4/24 x", "non-null host address bits in \"1.2.3.4/24\", perhaps you should use \"1.2.3.0/24\" instead")]
    [InlineData("1.2.3.0/33 x", "bad mask length in \"1.2.3.0/33\"")]
    [InlineData("1.2.3.0/x x", "bad mask value in \"1.2.3.0/x\"")]
    [InlineData("[1.2.3.4 x", "missing ']' character after \"[1.2.3.4\"")]
    [InlineData("[1.2.3.4]x x", "garbage after \"[1.2.3.4]\"")]
    [InlineData("1.2.3.4", "no lookup result")]
    [InlineData("if", "no address pattern")]
    [InlineData("endif", "ENDIF without IF")]
    public void Cidr_tells_what_is_wrong(string rule, string expected)
    {
        string path = _tables.Write("rules", rule + "\n");
        _tables.Registry.Open($"cidr:{path}");
        Assert.Equal($"cidr map {path}, line 1: {expected}: skipping this rule", Assert.Single(_tables.Warnings));
    }

    [Fact]
    public void Cidr_blocks_are_passed_over_as_a_whole()
    {
        string path = _tables.Write("rules", "if 10.0.0.0/8\n10.1.0.0/16 one\nendif\nif !10.0.0.0/8\n1.0.0.0/8 two\nendif\n0.0.0.0/0 rest\n");
        Assert.Equal("one", _tables.Ask($"cidr:{path}", "10.1.1.1"));
        Assert.Equal("two", _tables.Ask($"cidr:{path}", "1.1.1.1"));
        Assert.Equal("rest", _tables.Ask($"cidr:{path}", "10.2.1.1"));
    }

    public void Dispose() => _tables.Dispose();

    [Theory]
    [InlineData("abc", "abc")]
    [InlineData("ab", null)]
    [InlineData("^Subject: +viagra", "Subject: ")]
    [InlineData("abcd?ef", "abc")]
    [InlineData("abcd*efgh", "efgh")]
    [InlineData("abcd+ef", "abcd")]
    [InlineData("abcd{2,3}efghi", "efghi")]
    [InlineData("abcd|efgh", "abcd efgh")]
    [InlineData("abcd|e", null)]
    [InlineData("x(abcd|efgh)y", "abcd efgh")]
    [InlineData("x(abcd|efgh)?y", null)]
    [InlineData("x(abcd|efgh){0}y", null)]
    [InlineData("abc(defgh(ijklmnop|x)|y)", "abc")]
    [InlineData("(?:abcd)+", "abcd")]
    [InlineData("abc(?!defghi)", "abc")]
    [InlineData("(?i)abc", null)]
    [InlineData("(?#abc)", null)]
    [InlineData("\\Qabc\\E", null)]
    [InlineData("(abc)\\1", null)]
    [InlineData("\\x41bcd", null)]
    [InlineData("a\\.com\\b", "a.com")]
    [InlineData("[abc]def[[:space:]]ghij", "ghij")]
    [InlineData("[]abc]defg", "defg")]
    [InlineData("[^]abc]defg", "defg")]
    [InlineData("[a\\]bcd]efg", "efg")]
    [InlineData("abc{", null)]
    [InlineData("\u00e4\u00f6\u00fcabc", "abc")]
    [InlineData("", null)]
    public void Every_match_contains_one_of(string pattern, string? needles) =>
        Assert.Equal(needles, PatternNeedles.Find(pattern) is { } found ? string.Join(' ', found) : null);

    // Rules of a long table are passed over where the text holds none of their needles: the answer is that of a short one.
    [Fact]
    public async Task A_long_table_answers_as_its_rules_do_one_by_one()
    {
        string[] pieces = ["abc", "bcd", "AbCd", "x", "y", " ", ".", "(", ")", "|", "*", "+", "?", "{2}", "{0,1}", "[", "]", "[^a]", "[[:alpha:]]", "^", "$", "\\b", "\\.", "\\d", "\\", "(?:", "(?=", "(?!", "(?i)", "\\Q", "\\E", "\u00e4", "#", "\\1", "-"];
        string[] words = ["abc", "bcd", "ABCD", "abcd", "x", "y", " ", ".", "\u00e4", "\u00c4", "-", "abcabc", "#", "1", "\n"];
        var random = new Random(1);
        string Text(string[] from, int most) => string.Concat(Enumerable.Range(0, random.Next(1, most)).Select(_ => from[random.Next(from.Length)]));
        int matches = 0;
        for (int i = 0; i < 300; i++)
        {
            string[] rules = [.. Enumerable.Range(0, 8).Select(n => $"{(random.Next(6) == 0 ? "!" : "")}/{Text(pieces, 7)}/ {n}")];
            LookupTable[] one = [.. rules.Select((rule, n) => _tables.Registry.Open($"pcre:{_tables.Write($"r{i}.{n}", rule + "\n")}", TableFlags.Lock))];
            LookupTable all = _tables.Registry.Open($"pcre:{_tables.Write($"r{i}", string.Join('\n', rules) + "\n")}", TableFlags.Lock);
            for (int j = 0; j < 20; j++)
            {
                string text = Text(words, 8);
                LookupResult want = default;
                foreach (LookupTable table in one)
                {
                    want = want.IsNotFound ? await table.LookupAsync(text) : want;
                }

                LookupResult same = await all.LookupAsync(text);
                Assert.True(all.TryLookup(ByteString.ToBytes(text), out LookupResult got));
                Assert.True(want.ToString() == got.ToString() && same.ToString() == got.ToString(), $"{string.Join(" ; ", rules)} on {text}: want {want}, got {got}");
                matches += got.IsFound ? 1 : 0;
            }
        }

        Assert.InRange(matches, 500, 5900);
    }
}
