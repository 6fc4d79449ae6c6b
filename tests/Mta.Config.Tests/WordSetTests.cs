namespace Mta.Config.Tests;

public sealed class WordSetTests
{
    [Fact]
    public void Words_are_read_in_any_separation() =>
        Assert.Equal(["bounce", "2bounce", "delay"], WordSet.NotifyClasses(Configuration.FromText("notify_classes = bounce, 2bounce\n  delay\n")));

    [Fact]
    public void None_is_none() => Assert.Empty(WordSet.InternalMailFilterClasses(Configuration.FromText("internal_mail_filter_classes =\n")));

    [Fact]
    public void Extensions_go_where_they_are_known() =>
        Assert.Throws<ConfigurationException>(() => WordSet.PropagateUnmatchedExtensions(Configuration.FromText("propagate_unmatched_extensions = canonical, aliases\n")));

    [Theory]
    [InlineData("bounce bogus", "bogus")]
    [InlineData("Bounce", "Bounce")]
    public void A_word_that_is_not_known_is_refused(string text, string word)
    {
        ConfigurationException failure = Assert.Throws<ConfigurationException>(() => WordSet.NotifyClasses(Configuration.FromText($"notify_classes = {text}\n")));
        Assert.Equal($"unknown notify_classes value \"{word}\" in \"{text}\"", failure.Message);
    }
}
