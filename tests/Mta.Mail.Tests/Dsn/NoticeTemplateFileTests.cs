using Mta.Config;
using Mta.Mail.Dsn;
using Mta.Text;

namespace Mta.Mail.Tests.Dsn;

public sealed class NoticeTemplateFileTests
{
    private readonly List<string> _warnings = [];

    [Fact]
    public void A_template_replaces_the_built_in_one()
    {
        NoticeTemplate template = Parse("# comment\n\nfailure_template = <<EOF\nsubject: Low\nFrom: x\n  \n\n body $myhostname\n\nEOF\n")[NoticeClass.Failure];
        Assert.Equal(("Low", "x", "us-ascii", "Postmaster Copy: Undelivered Mail"), (template.Subject, template.From, template.Charset, template.PostmasterSubject));
        Assert.Equal([" body $myhostname", ""], template.Text);
        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData("bogus_template = x\n", "F, line 2: unknown template name: bogus_template -- ignoring this template")]
    [InlineData("failure_template = <<F\nSubject:\n\nt\nF\n", "F: empty \"Subject\" header value in failure template -- ignoring this template")]
    [InlineData("failure_template = <<F\nXx: y\n\nt\nF\n", "F: unknown \"Xx\" header label in failure template -- ignoring this template")]
    [InlineData("failure_template = <<F\nSubject: y\n\nF\n", "F: missing message text in failure template -- ignoring this template")]
    [InlineData("failure_template = <<F\nSubject: gr\u00fc\n\nt\nF\n", "F: non-ASCII \"Subject\" header value in failure template -- ignoring this template")]
    [InlineData("success_template = <<F\nPostmaster-Subject: y\n\nt\nF\n", "F: inapplicable \"Postmaster-Subject\" header label in success template -- ignoring this template")]
    public void What_is_not_acceptable_is_passed_over_with_a_warning(string text, string warning)
    {
        NoticeTemplates parsed = Parse(text);
        Assert.Equal(warning, Assert.Single(_warnings));
        Assert.Equal("Undelivered Mail Returned to Sender", parsed[NoticeClass.Failure].Subject);
    }

    [Fact]
    public void Eight_bit_text_needs_a_charset()
    {
        Assert.Equal("7bit", Parse("failure_template = <<F\nSubject: y\n\ngr\u00fc\nF\n")[NoticeClass.Failure].Encoding);
        Assert.Equal(3, _warnings.Count);
        Assert.Equal("8bit", Parse("failure_template = <<F\nCharset: utf-8\n\ngr\u00fc\nF\n")[NoticeClass.Failure].Encoding);
    }

    [Fact]
    public void A_missing_end_marker_takes_the_rest_of_the_file()
    {
        Assert.Equal(["no end"], Parse("failure_template = <<F\nSubject: y\n\nno end\n")[NoticeClass.Failure].Text);
        Assert.Equal("F, line 5: missing \"F\" end marker", Assert.Single(_warnings));
    }

    [Theory]
    [InlineData("failure_template\n", "F, line 2: missing '=' after attribute name: \"failure_template\"")]
    [InlineData("failure_template = <<\n", "F, line 2: missing end marker after <<")]
    [InlineData("failure_template = <<-x\n", "F, line 2: malformed end marker after <<")]
    [InlineData(" = x\n", "F, line 2: missing attribute name: \" = x\"")]
    public void What_breaks_the_grammar_is_fatal(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FatalException>(() => Parse(text)).Message);

    [Fact]
    public void Times_are_shown_in_the_unit_asked_for()
    {
        Configuration configuration = Configuration.FromText("delay_warning_time = 4h\n");
        NoticeTemplateText text = new(configuration, _warnings.Add);
        NoticeTemplate delay = NoticeTemplates.BuiltIn(isStandardFrom: true)[NoticeClass.Delay];
        string[] lines = [.. text.Expand(delay)];
        Assert.Contains("Your message could not be delivered for more than 4 hour(s).", lines);
        Assert.Contains("It will be retried until it is 5 day(s) old.", lines);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void An_unknown_name_is_fatal()
    {
        NoticeTemplateText text = new(Configuration.FromText(""), _warnings.Add);
        NoticeTemplate template = NoticeTemplates.BuiltIn(isStandardFrom: true)[NoticeClass.Verify] with { Text = ["a $nosuchname b"], Origin = "F" };
        Assert.Equal("F: undefined $name in verify template: a $nosuchname b", Assert.Throws<FatalException>(() => text.Expand(template).ToArray()).Message);
    }

    private NoticeTemplates Parse(string text) => NoticeTemplateFile.Parse("F", text, NoticeTemplates.BuiltIn(isStandardFrom: true), _warnings);
}
