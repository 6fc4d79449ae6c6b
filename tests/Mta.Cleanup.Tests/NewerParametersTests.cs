using Mta.Mail.Protocols;

namespace Mta.Cleanup.Tests;

/// <summary>Parameters that 3.7 does not have, so that there is nobody to compare with.</summary>
[Collection("working directory")]
public sealed class NewerParametersTests : IDisposable
{
    private readonly CleanupHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task Eight_bit_parts_are_encoded_on_demand() => Assert.Equal(
        [
            "Content-Type: multipart/mixed; boundary=b", "Content-Transfer-Encoding: 7bit", "", "--b", "Content-Transfer-Encoding: quoted-printable", "", "=C3=A4 =3D x=20", "--b--",
        ],
        await ContentAsync(
            "force_mime_input_conversion = yes",
            ["Content-Type: multipart/mixed; boundary=b", "Content-Transfer-Encoding: 8bit", "", "--b", "Content-Transfer-Encoding: 8bit", "", "\u00c3\u00a4 = x ", "--b--"]));

    [Fact]
    public async Task Seven_bit_parts_stay()
    {
        string[] lines = ["Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Transfer-Encoding: 7bit", "", "a = x ", "--b", "", "\u00c3\u00a4", "--b--"];
        Assert.Equal(lines, await ContentAsync("force_mime_input_conversion = yes", lines));
    }

    [Theory]
    [InlineData("fix_quietly", "Subject: s||no header")]
    [InlineData("add_header", "Subject: s|MIME-Error: message header was not terminated by empty line||no header")]
    public async Task A_header_that_ends_badly_is_marked(string action, string content) =>
        Assert.Equal(content.Split('|'), await ContentAsync($"non_empty_end_of_header_action = {action}", ["Subject: s", "no header"]));

    [Theory]
    [InlineData("add_header")]
    [InlineData("reject")]
    public async Task A_header_that_ends_well_is_not_marked(string action) =>
        Assert.Equal(["Subject: s", "", "body"], await ContentAsync($"non_empty_end_of_header_action = {action}", ["Subject: s", "", "body"]));

    [Fact]
    public async Task A_header_that_ends_badly_is_refused()
    {
        CleanupResult result = await PlayAsync("non_empty_end_of_header_action = reject", ["Subject: s", "no header"]);
        Assert.Equal((CleanupStatus.Content, "5.6.0 primary header was terminated with non-empty line"), (result.Status, result.Reason));
        Assert.Empty(Directory.GetFiles("incoming"));
    }

    private Task<CleanupResult> PlayAsync(string mainCf, string[] lines) =>
        _harness.PlayAsync([.. CleanupHarness.Envelope("r@example.com"), "NReceived: x", .. lines.Select(static line => "N" + line), "X", "E"], CleanupFlags.External, mainCf);

    private async Task<List<string>> ContentAsync(string mainCf, string[] lines)
    {
        Assert.Equal(CleanupStatus.Ok, (await PlayAsync(mainCf, lines)).Status);
        return [.. CleanupHarness.Records().SkipWhile(static record => record[0] != 'M').Skip(2).TakeWhile(static record => record[0] != 'X').Select(static record => record[1..])];
    }
}
