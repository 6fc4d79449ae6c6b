using System.Text;
using Mta.Fuzz;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Cleanup.Tests;

/// <summary>Mutated structures of messages; see tests/fuzz/README.md.</summary>
[Collection("working directory")]
public sealed class MimeFuzzTests : IDisposable
{
    private const string Marks = """
        header_checks = pcre:{{/^/ PREPEND P: p}}
        mime_header_checks = pcre:{{/^/ PREPEND M: m}}
        nested_header_checks = pcre:{{/^/ PREPEND N: n}}
        body_checks = pcre:{{/^/ PREPEND B}}
        body_checks_size_limit = 0
        message_drop_headers =
        cleanup_replace_stray_cr_lf = no
        """;

    private static readonly string[] Words =
    [
        "Content-Type: multipart/mixed; boundary=b\n", "Content-Type: multipart/digest; boundary=c\n", "Content-Type: message/rfc822\n", "content-type: multipart/x;boundary=\"b c\"\n", "--b\n", "--b--\n", "--c\n", "--b c\n",
        "--bx\n", "\n\n", "\n ", "MIME-Version: 1.0\n", "Subject: x\n", "no header\n", "Content-ID : 1\n", "boundary=", "; boundary=d", "\"", "\\", "(", ")", "multipart/", "message/", "message/global", "/rfc822", "\u00c3\u00a4", "\0", "\t",
    ];

    private readonly CleanupHarness _harness = new();
    private readonly RewriteDouble _rewrite = new();

    public void Dispose()
    {
        _rewrite.Dispose();
        _harness.Dispose();
    }

    [Fact]
    public void Headers_and_bodies_of_any_structure_are_told_apart() => FuzzRun.Play("mime", Words, input => Play(input, static line => line));

    // A header of an attached message is taken for one of a part.
    [Fact]
    public void A_header_taken_for_another_is_found() => FuzzRun.Finds("mime", Words, input => Play(input, static text =>
        text.Replace("N: n\nno", "M: m\nno", StringComparison.Ordinal).Replace("N: n\nX:", "M: m\nX:", StringComparison.Ordinal)));

    private string? Play(byte[] input, Func<string, string> plant)
    {
        string[] lines = ["Received: x", .. Encoding.Latin1.GetString(input).Split('\n')];
        if (input.Length > 30_000 || lines.Any(static line => line.Length > 2048))
        {
            return null;
        }

        using BufferedOutput client = new(Stream.Null);
        CleanupProtocol.WriteFlags(new AttributeWriter(client), CleanupFlags.External);
        foreach (string record in (string[])[.. CleanupHarness.Envelope("r@example.com"), .. lines.Select(static line => "N" + line), "X", "E"])
        {
            RecordWriter.Write(client, (RecordType)record[0], record[1..]);
        }

        CleanupResult result = _harness.PlayAsync(client.PendingBytes.ToArray(), Marks).GetAwaiter().GetResult();
        string[] files = Directory.GetFiles("incoming");
        FollowedFile? file = files.Length == 1 ? FollowedFile.Read(File.ReadAllBytes(files[0])) : null;
        Array.ForEach(files, File.Delete);
        if (result.Status != CleanupStatus.Ok || file is null || file.Problem is not null)
        {
            return result.Status == CleanupStatus.Ok ? file?.Problem ?? "no file" : files.Length > 0 ? "refused and kept" : null;
        }

        if (MimeModel.Mark(lines) is not { } want)
        {
            return null;
        }

        string[] found = plant(string.Join('\n', file.Content)).Split('\n');
        int different = found.Zip(want).TakeWhile(static pair => pair.First == pair.Second).Count();
        return different == found.Length && different == want.Count
            ? null
            : $"line {different}: got {found.ElementAtOrDefault(different) ?? "none"}, want {want.ElementAtOrDefault(different) ?? "none"}";
    }
}
