using System.Text;
using Mta.Config;
using Mta.Tables;

namespace Mta.Smtp.Tests;

public sealed class ContentEditorTests
{
    public static TheoryData<int> PieceSizes => [16, 40, 4096];

    [Theory]
    [MemberData(nameof(PieceSizes))]
    public async Task Headers_are_replaced_removed_and_preceded(int piece) =>
        Assert.Equal(
            "X-Now: 1\nB: 2\nC: 3\n folded\nX-New: y\nD:4\n\nA:1\n",
            await EditAsync("A:1\nB: 2\nC: 3\n folded\nD:4\n\nA:1\n", piece, ("smtp_header_checks", "inline:{ {A:1 = REPLACE X-Now: 1}, {D:4 = PREPEND X-New: y} }")));

    [Theory]
    [MemberData(nameof(PieceSizes))]
    public async Task Each_place_has_its_own_table(int piece) =>
        Assert.Equal(
            "Content-Type: multipart/mixed; boundary=b\nX:part\n\n--b\nContent-Type: message/rfc822\n\nY: kept\n\nX:nested\n--b--\n",
            await EditAsync(
                "Content-Type: multipart/mixed; boundary=b\nX:part\n\n--b\nX:part\nContent-Type: message/rfc822\n\nX:nested\nY: kept\n\nX:nested\n--b--\n",
                piece,
                ("smtp_mime_header_checks", "inline:{ {X:part = IGNORE} }"),
                ("smtp_nested_header_checks", "inline:{ {X:nested = IGNORE} }")));

    [Fact]
    public async Task Body_lines_are_changed_and_boundaries_are_not() =>
        Assert.Equal(
            "Content-Type: multipart/mixed; boundary=b\n\nnew\n--b\n\nbefore\nmark\n",
            await EditAsync("Content-Type: multipart/mixed; boundary=b\n\nold\n--b\n\ndrop\nmark\n", 4096, ("smtp_body_checks", "inline:{ {old = REPLACE new}, {drop = IGNORE}, {mark = PREPEND before}, {--b = IGNORE} }")));

    [Theory]
    [MemberData(nameof(PieceSizes))]
    public async Task Addresses_of_primary_headers_are_mapped(int piece) =>
        Assert.Equal(
            "From: out@side.test (me)\nSubject: a@in.test\n\nFrom: a@in.test\n",
            await EditAsync("From: a@in.test (me)\nSubject: a@in.test\n\nFrom: a@in.test\n", piece, ("smtp_generic_maps", "inline:{a@in.test=out@side.test}")));

    [Fact]
    public async Task A_failing_table_is_local_trouble() =>
        await Assert.ThrowsAsync<LocalDataException>(() => EditAsync("A: 1\n\n", 4096, ("smtp_header_checks", "fail:x")));

    private static async Task<string> EditAsync(string content, int piece, params (string Name, string Value)[] parameters)
    {
        Configuration configuration = Configuration.FromText(string.Concat(parameters.Select(p => $"{p.Name} = {p.Value}\n")) + "myhostname = mta.test\ninet_interfaces = 127.0.0.1\n");
        TableRegistry registry = new(new TableSettings());
        SmtpSettings settings = new(configuration, "smtp", "smtp", []);
        StringBuilder output = new();
        ContentEditor editor = new(
            settings,
            new OutgoingChecks(configuration, registry, isLmtp: false),
            new GenericAddresses(configuration, registry, isLmtp: false),
            "ID",
            (text, endsLine) => output.Append(Encoding.Latin1.GetString(text)).Append(endsLine ? "\n" : ""));
        foreach (string line in content.Split('\n')[..^1])
        {
            for (int i = 0; i == 0 || i < line.Length; i += piece)
            {
                string part = line[i..Math.Min(line.Length, i + piece)];
                await editor.AddAsync(Encoding.Latin1.GetBytes(part), i + piece >= line.Length, default);
            }
        }

        await editor.FinishAsync(default);
        return output.ToString();
    }
}
