namespace Mta.Cleanup.Tests;

public sealed class FromHeaderTests
{
    [Theory]
    [InlineData("", "J\u00c3\u00bcrgen", "From: J\u00c3\u00bcrgen <a@example.test>")]
    [InlineData("utf-8", "Plain Name", "From: Plain Name <a@example.test>")]
    [InlineData("utf-8", "J\u00c3\u00bcrgen O. Doe", "From: =?utf-8?Q?J=C3=BCrgen_O=2E_Doe?= <a@example.test>")]
    public void A_name_that_is_not_ASCII_is_encoded_where_a_character_set_is_named(string charset, string name, string header) =>
        Assert.Equal(header, FromHeader.Compose("", "a@example.test", name, obsolete: false, charset));

    [Fact]
    public void Long_names_become_several_words_and_no_character_is_cut()
    {
        string name = string.Concat(Enumerable.Repeat("\u00c3\u00bc", 40));
        string header = FromHeader.Compose("", "a@example.test", name, obsolete: true, "utf-8");
        string[] words = header["From: a@example.test (".Length..^1].Split(' ');
        Assert.True(words.Length > 1);
        Assert.All(words, static word => Assert.InRange(word.Length, 1, 75));
        Assert.All(words, static word => Assert.Equal(0, (word["=?utf-8?Q?".Length..^2].Length / 3) % 2));
    }
}
