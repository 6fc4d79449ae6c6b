namespace Mta.Smtpd.Tests;

public sealed class CommandTokensTests
{
    [Theory]
    [InlineData("MAIL FROM:<a@b> SIZE=1", "MAIL|FROM:|<a@b>|SIZE=1")]
    [InlineData("MAIL FROM: <a b@c>", "MAIL|FROM:|<a b@c>")]
    [InlineData("mail from:\"a b\"@c x", "mail|from:|\"a b\"@c|x")]
    [InlineData("RCPT TO:<\"a>b\"@c>", "RCPT|TO:|<\"a>b\"@c>")]
    [InlineData("RCPT TO:<a<b>c>", "RCPT|TO:|<a<b>c>")]
    [InlineData("MAIL FROM : <a@b>", "MAIL|FROM|:|<a@b>")]
    [InlineData("  NOOP\ta\\ b ", "NOOP|a\\ b")]
    [InlineData("", "")]
    public void Words_keep_quotes_and_brackets_together(string line, string expected)
    {
        var tokens = new List<CommandToken>();
        CommandTokens.Scan(line, tokens);
        Assert.Equal(expected, string.Join('|', tokens.Select(static token => token.Text)));
        Assert.DoesNotContain(tokens, static token => token.IsOpen);
    }

    [Theory]
    [InlineData("MAIL FROM:<a@b")]
    [InlineData("MAIL FROM:\"a@b")]
    [InlineData("MAIL FROM:<\"a>")]
    public void An_open_quote_or_bracket_is_told(string line)
    {
        var tokens = new List<CommandToken>();
        CommandTokens.Scan(line, tokens);
        Assert.True(tokens[^1].IsOpen);
    }

    [Fact]
    public void A_megabyte_of_brackets_takes_linear_time()
    {
        var tokens = new List<CommandToken>();
        CommandTokens.Scan("MAIL FROM:" + new string('<', 1_000_000), tokens);
        Assert.True(tokens[^1].IsOpen);
    }
}
