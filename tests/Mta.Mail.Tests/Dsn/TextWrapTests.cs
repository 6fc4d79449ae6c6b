using Mta.Mail.Dsn;

namespace Mta.Mail.Tests.Dsn;

public sealed class TextWrapTests
{
    [Fact]
    public void Short_text_stays_on_one_line() => Assert.Equal(["<a@b.test>: no"], TextWrap.Lines("<a@b.test>: no"));

    [Fact]
    public void Empty_text_is_one_empty_line() => Assert.Equal([""], TextWrap.Lines(""));

    [Fact]
    public void Lines_break_at_blanks_and_continue_indented()
    {
        string text = "Diagnostic-Code: X-Postfix; no such place on earth, and this is a rather long explanation that has to be wrapped somewhere near the seventyninth column I hope";
        Assert.Equal(
            [
                "Diagnostic-Code: X-Postfix; no such place on earth, and this is a rather long",
                "    explanation that has to be wrapped somewhere near the seventyninth column I",
                "    hope",
            ],
            TextWrap.Lines(text));
    }

    [Fact]
    public void A_word_that_is_too_long_stands_alone()
    {
        string word = new('x', 100);
        Assert.Equal(["see", "    " + word, "    for more"], TextWrap.Lines($"see {word} for more"));
    }
}
