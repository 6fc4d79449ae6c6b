using Mta.Mail.Protocols;

namespace Mta.Cleanup.Tests;

[Collection("working directory")]
public sealed class ContentTests : IDisposable
{
    private readonly CleanupHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task Remote_mail_keeps_its_headers_as_they_are() =>
        Assert.Equal(
            ["NReceived: x", "NTo: user,", "N  other", "NFrom: nobody", "N", "Nx"],
            await ContentAsync("NReceived: x", "NTo: user,", "N  other", "NFrom: nobody", "N", "Nx"));

    [Fact]
    public async Task Headers_in_the_drop_list_go() =>
        Assert.Equal(["NReceived: x", "N"], await ContentAsync("NReceived: x", "NBcc: a,", "N\tb", "Nreturn-path: y", "NContent-Length: 5", "N"));

    [Fact]
    public async Task Blanks_before_the_colon_go() =>
        Assert.Equal(["NReceived: x", "NX-Foo: a", "N"], await ContentAsync("NReceived: x", "NX-Foo  : a", "N"));

    [Fact]
    public async Task A_line_that_is_no_header_begins_the_body() =>
        Assert.Equal(["NReceived: x", "N", "Nhello world", "NBcc: stays"], await ContentAsync("NReceived: x", "Nhello world", "NBcc: stays"));

    [Fact]
    public async Task A_header_without_a_body_has_no_empty_line_made_up() =>
        Assert.Equal(["NReceived: x"], await ContentAsync("NReceived: x"));

    [Fact]
    public async Task Headers_of_parts_are_not_dropped()
    {
        string[] content =
        [
            "NReceived: x", "NContent-Type: multipart/mixed; boundary=b", "N", "N--b", "NBcc: a", "N", "Ntext", "N--b",
            "NContent-Type: message/rfc822", "N", "NReturn-Path: x", "NReceived: y", "N", "Nbody", "N--b--", "Nepilogue",
        ];
        Assert.Equal(content, await ContentAsync(content));
    }

    [Theory]
    [InlineData("NContent-Transfer-Encoding: 8bit", true)]
    [InlineData("NContent-Transfer-Encoding: BINARY", true)]
    [InlineData("NContent-Transfer-Encoding: 8bit (really)", false)]
    [InlineData("NContent-Transfer-Encoding: 7bit", false)]
    public async Task An_eight_bit_encoding_is_noted(string header, bool noted)
    {
        await _harness.PlayAsync([.. CleanupHarness.Envelope("r@example.com"), "NReceived: x", header, "N", "X", "E"]);
        Assert.Equal(noted, CleanupHarness.Records().Contains("Aencoding=8bit"));
    }

    [Fact]
    public async Task An_eight_bit_encoding_of_a_part_is_noted()
    {
        await _harness.PlayAsync(
        [
            .. CleanupHarness.Envelope("r@example.com"), "NReceived: x", "NContent-Type: multipart/mixed;", "N boundary=\"b c\"", "N",
            "N--b c", "NContent-Transfer-Encoding: 8bit", "N", "Nx", "X", "E",
        ]);
        Assert.Contains("Aencoding=8bit", CleanupHarness.Records());
    }

    [Fact]
    public async Task Stray_carriage_returns_and_newlines_become_blanks() =>
        Assert.Equal(["NReceived: x", "NSubject: a b", "N", "Nx y z"], await ContentAsync("NReceived: x", "NSubject: a\rb", "N", "Nx\ry\nz"));

    [Fact]
    public async Task Stray_carriage_returns_stay_when_told_so() =>
        Assert.Equal(["NReceived: x", "N", "Nx\ry"], await ContentAsync("cleanup_replace_stray_cr_lf = no", ["NReceived: x", "N", "Nx\ry"]));

    [Fact]
    public async Task Overlong_lines_are_split()
    {
        string line = new('x', 5000);
        Assert.Equal(
            ["NReceived: x", "N", $"L{line[..2048]}", $"L{line[..2048]}", $"N{line[..904]}"],
            await ContentAsync("NReceived: x", "N", "N" + line));
    }

    [Fact]
    public async Task A_header_cut_into_pieces_is_one_header() =>
        Assert.Equal(["NReceived: x", "NSubject: abcdef", "N ghi", "N"], await ContentAsync("NReceived: x", "LSubject: abc", "Ndef", "L gh", "Ni", "N"));

    [Fact]
    public async Task The_last_line_without_newline_ends_with_an_empty_text_record() =>
        Assert.Equal(["NReceived: x", "N", "Lend", "N"], await ContentAsync("NReceived: x", "N", "Lend"));

    [Fact]
    public async Task Missing_headers_are_added_to_local_mail()
    {
        List<string> records = await LocalAsync("FFull Name", "NReceived: x", "NSubject: y", "N", "Nbody");
        Assert.StartsWith("NMessage-Id: <", records[2], StringComparison.Ordinal);
        Assert.EndsWith("@mx.example.org>", records[2], StringComparison.Ordinal);
        Assert.StartsWith("NDate: ", records[3], StringComparison.Ordinal);
        Assert.Equal(["NFrom: Full Name <s@example.com>", "N", "Nbody"], records[4..]);
    }

    [Fact]
    public async Task Resent_mail_gets_resent_headers()
    {
        List<string> records = await LocalAsync("A_=_", "NReceived: x", "NResent-To: y@example.com", "N");
        Assert.StartsWith("NResent-Message-Id: <", records[2], StringComparison.Ordinal);
        Assert.StartsWith("NResent-Date: ", records[3], StringComparison.Ordinal);
        Assert.Equal("NResent-From: s@example.com", records[4]);
    }

    [Theory]
    [InlineData("FJ. \"Doe\" \\o", "NFrom: \"J. \\\"Doe\\\" \\\\o\" <s@example.com>")]
    [InlineData("F  plain   name ", "NFrom: plain name <s@example.com>")]
    [InlineData("F ", "NFrom: s@example.com")]
    public async Task Full_names_are_quoted_where_they_must_be(string name, string from) =>
        Assert.Contains(from, await LocalAsync(name, "NReceived: x", "N"));

    [Fact]
    public async Task A_header_beyond_the_limit_is_cut()
    {
        List<string> content = await ContentAsync("header_size_limit = 100", ["NReceived: x", "NX-Long: " + new string('a', 50), "N " + new string('b', 80), "N " + new string('c', 80), "N"]);
        Assert.True(content.Skip(1).TakeWhile(static record => record != "N").Sum(static record => record.Length) <= 102);
    }

    private async Task<List<string>> LocalAsync(string envelope, params string[] content)
    {
        await _harness.PlayAsync(["T1795304593 5", "Arewrite_context=local", envelope, "Ss@example.com", "Rr@example.com", "M", .. content, "X", "E"]);
        return Content();
    }

    private Task<List<string>> ContentAsync(params string[] content) => ContentAsync("", content);

    private async Task<List<string>> ContentAsync(string mainCf, string[] content)
    {
        CleanupResult result = await _harness.PlayAsync([.. CleanupHarness.Envelope("r@example.com"), .. content, "X", "E"], mainCf: mainCf);
        Assert.Equal(CleanupStatus.Ok, result.Status);
        CleanupHarness.Size();
        return Content();
    }

    private static List<string> Content() =>
        [.. CleanupHarness.Records().SkipWhile(static record => record != "M").Skip(1).TakeWhile(static record => record != "X")];
}
