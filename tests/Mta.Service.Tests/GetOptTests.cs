namespace Mta.Service.Tests;

public sealed class GetOptTests
{
    private static string Read(string letters, params string[] words)
    {
        GetOpt options = new(words, letters);
        List<string> seen = [];
        while (options.Next())
        {
            seen.Add(options.IsUnknown || options.LacksArgument ? $"!{options.Error}" : $"{options.Option}={options.Argument}");
        }

        return string.Join(' ', seen) + " | " + string.Join(' ', options.Operands);
    }

    [Fact]
    public void Letters_may_be_clustered() => Assert.Equal("a= b= | x", Read("ab", "-ab", "x"));

    [Fact]
    public void Argument_follows_its_letter_or_is_the_next_word() =>
        Assert.Equal("o=foo o=bar | ", Read("o:", "-ofoo", "-o", "bar"));

    [Fact]
    public void Argument_may_look_like_an_option() => Assert.Equal("o=-v | ", Read("o:v", "-o", "-v"));

    [Fact]
    public void Cluster_ends_in_an_argument() => Assert.Equal("v= o=x | ", Read("vo:", "-vox"));

    [Fact]
    public void First_operand_ends_the_options() => Assert.Equal("v= | a -v", Read("v", "-v", "a", "-v"));

    [Fact]
    public void Double_dash_ends_the_options_and_is_no_operand() => Assert.Equal("v= | -v", Read("v", "-v", "--", "-v"));

    [Fact]
    public void Single_dash_is_an_operand() => Assert.Equal(" | -", Read("v", "-"));

    [Fact]
    public void Unknown_letter_has_the_words_of_the_c_library() =>
        Assert.Equal("!invalid option -- 'z' v= | ", Read("v", "-zv"));

    [Fact]
    public void Missing_argument_has_the_words_of_the_c_library() =>
        Assert.Equal("!option requires an argument -- 'o' | ", Read("o:", "-o"));

    [Fact]
    public void Colon_is_no_option() => Assert.Equal("!invalid option -- ':' | ", Read("o:", "-:"));

    [Fact]
    public void Empty_word_is_an_operand() => Assert.Equal(" | ", Read("v", ""));
}
