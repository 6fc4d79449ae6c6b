namespace Mta.Config.Tests;

// What Postfix 3.7.11 prints for these, asked with postconf -x.
public sealed class ExpanderTests
{
    private static readonly Dictionary<string, string> Values = new()
    {
        ["a"] = "x",
        ["empty"] = "",
        ["indirect"] = "$a$a",
        ["hollow"] = "$empty",
        ["loop"] = "$loop",
    };

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("$a ${a} $(a) ${ a }", "x x x x")]
    [InlineData("$(a)$$a", "x$a")]
    [InlineData("x${a?{p}:{q}}y$$$$", "xpy$$")]
    [InlineData("$a.b $a-b $a(b)", "x.b x-b x(b)")]
    [InlineData("[${a?y}][${a? y }][${empty:  n}]", "[y][ y ][  n]")]
    [InlineData("[${a?{ yes }:{ no }}]", "[ yes ]")]
    [InlineData("${a ? {p} : {q}}", "p")]
    [InlineData("${empty?{p}:{q}}", "q")]
    [InlineData("${a?p:q}", "p:q")]
    [InlineData("${a?{p}:q}", "p")]
    [InlineData("${nosuch?{a}:{b}}", "b")]
    [InlineData("${a?${a?${a}}}", "x")]
    [InlineData("${a?)}", ")")]
    [InlineData("${a?{}}}", "}")]
    [InlineData("${a? {x}:{y}}|${a?{x} }|", "x|x|")]
    [InlineData("${a?{{a}b}}", "{a}b")]
    [InlineData("$indirect", "xx")]
    [InlineData("${hollow?full}|${{$hollow} == {} ? same}", "full| same")]
    public void Names_are_replaced(string text, string expected) => Assert.Equal(expected, Expand(text));

    [Theory]
    [InlineData("${{$a} == {x} ? {yes} : {no}}", "yes")]
    [InlineData("${{10} < {9} ? {yes} : {no}}", "no")]
    [InlineData("${{b}<{c}?{yes}:{no}}", "yes")]
    [InlineData("${{007} == {7}?{y}:{n}}", "y")]
    [InlineData("${{ a b} == { a b } ? {y}:{n}}", "n")]
    [InlineData("${{1} < {-2}?{y}:{n}}", "n")]
    [InlineData("${{$a}!={x}?y:n}", "")]
    [InlineData("${{$a}=={x}}", "true")]
    [InlineData("${{1}<level{2}?{y}:{n}} ${{3.10} >level {3.9}?{y}:{n}} ${{3} ==level {3.0}?{y}:{n}}", "y y y")]
    public void Comparisons_choose(string text, string expected) => Assert.Equal(expected, Expand(text));

    [Theory]
    [InlineData("p ${a q", "truncated macro reference: \"p ${a q\"")]
    [InlineData("$(a", "truncated macro reference: \"$(a\"")]
    [InlineData("q $a$", "empty macro name: \"q $a$\"")]
    [InlineData("$ x", "empty macro name: \"$ x\"")]
    [InlineData("${}", "empty macro name: \"${}\"")]
    [InlineData("p ${a.b} q", "attribute name syntax error at: \"...a>>>.b\"")]
    [InlineData("${a?{p}q} x", "\":\" expected at: \"...p}>>>q\"")]
    [InlineData("${{1}==={1}?{y}:{n}}", "\"==\" or \"!=\"\" or \"<\"\" or \"<=\"\" or \">=\"\" or \">\" expected at: \"...1}>>>==={1}?{y}:{n}\"")]
    [InlineData("${{3.x} >level {3.9}?{y}:{n}}", "malformed compatibility level syntax: \"3.x\"")]
    [InlineData("$(a?{)})", "unbalanced {} in attribute expression: \"{\"")]
    [InlineData("$loop", "unreasonable macro call nesting: \"loop\"")]
    public void Malformed_text_is_refused_in_the_same_words(string text, string message) =>
        Assert.Equal(message, Assert.Throws<ExpansionException>(() => Expand(text)).Message);

    [Fact]
    public void Names_in_branches_not_taken_are_found_too() =>
        Assert.Equal(["a", "b", "c", "d"], Expander.NamesIn("$a ${b?$c:{$d}} $$e"));

    [Fact]
    public void Names_without_a_value_are_reported()
    {
        List<string> undefined = [];
        new Expander(Values.GetValueOrDefault, undefined.Add).Expand("$a $gone");
        Assert.Equal(["gone"], undefined);
    }

    private static string Expand(string text) => new Expander(Values.GetValueOrDefault).Expand(text);
}
