using System.Text;
using Mta.Fuzz;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Cleanup.Tests;

/// <summary>Two filters with mutated wishes on mutated messages; see tests/fuzz/README.md.</summary>
[Collection("working directory")]
public sealed class EditFuzzTests : IDisposable
{
    private static readonly string[] Words =
    [
        "--edits\n", "--next\n", "h X-In: 1\n", "h A:b$\tc\n", "i 0 X: y\n", "i 1 X: y\n", "i 3 X-In: z\n", "m 1 X-A:\n", "m 2 X-A:v\n", "m 1 Received: q\n", "m 1 Subject:", "b text$\n", "b \n", "b --\n", "k\n",
        "e <>\n", "+ <x@example.com>\n", "2 <y@example.com> NOTIFY=NEVER\n", "- <r@example.com>\n", "q why\n", "X-A: 3\n", "Subject: s\n", "Received: z\n", "\n\n", "\n\t", "$", "\r$", "\0", ":", "M\0", "X\0", "E\0", "p\u000f",
    ];

    private const string Filtered = """
        non_smtpd_milters = unix:first unix:second
        milter_default_action = accept
        cleanup_replace_stray_cr_lf = no
        """;

    private readonly TalkingServer _first = new();
    private readonly TalkingServer _second = new();
    private readonly CleanupHarness _harness;
    private readonly RewriteDouble _rewrite;

    public EditFuzzTests()
    {
        _harness = new CleanupHarness { FilterEndpoints = [_first.Endpoint, _second.Endpoint] };
        _rewrite = new RewriteDouble();
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _rewrite.Dispose();
        _harness.Dispose();
    }

    [Fact]
    public void Any_wishes_of_filters_are_done_as_a_plain_list_of_lines_would_be() => FuzzRun.Play("edits", Words, input => Play(input, static lines => lines));

    // A header of some length is lost.
    [Fact]
    public void A_lost_header_is_found() => FuzzRun.Finds("edits", Words, input => Play(input, static lines =>
    {
        int at = lines.FindIndex(1, line => line.StartsWith("X-In:", StringComparison.Ordinal));
        if (at > 0 && lines[at].Length % 4 == 1)
        {
            lines.RemoveAt(at);
        }

        return lines;
    }));

    private string? Play(byte[] input, Func<List<string>, List<string>> plant)
    {
        string[] lines = Encoding.Latin1.GetString(input).Split('\n');
        int edits = Array.IndexOf(lines, "--edits");
        edits = edits < 0 ? lines.Length : edits;
        CleanupResult plain = Send(lines.AsSpan(0, edits), "cleanup_replace_stray_cr_lf = no", out FollowedFile? before, out string? problem);
        if (problem is not null)
        {
            return problem;
        }

        string[] script = lines[Math.Min(edits + 1, lines.Length)..];
        int next = Array.IndexOf(script, "--next");
        var model = new EditModel(before?.Content ?? []);
        _first.Says = [.. FilterPackets.Negotiation, .. model.Play(next < 0 ? script : script[..next], out bool isFirstTaken)];
        _second.Says = [.. FilterPackets.Negotiation, .. model.Play(next < 0 ? [] : script[(next + 1)..], out bool isSecondTaken)];
        CleanupResult result = Send(lines.AsSpan(0, edits), Filtered, out FollowedFile? after, out problem);
        if (problem is not null || before is null || plain.Status != CleanupStatus.Ok || lines.Length > 10_000 || input.Length > 30_000)
        {
            return problem;
        }

        if (result.Status != CleanupStatus.Ok || after is null)
        {
            // A filter that breaks the protocol may cost the message, whatever the default action.
            return model.ChangesEnvelope || !isFirstTaken || !isSecondTaken ? null : $"refused with {result.Status}";
        }

        if (!model.ChangesEnvelope && (after.Sender != before.Sender || !after.Recipients.SequenceEqual(before.Recipients)))
        {
            return "the envelope has changed";
        }

        List<string> found = plant(after.Content);
        int different = found.Zip(model.Lines).TakeWhile(static pair => pair.First == pair.Second).Count();
        return different == found.Count && different == model.Lines.Count
            ? null
            : $"line {different}: got {found.ElementAtOrDefault(different) ?? "none"}, want {model.Lines.ElementAtOrDefault(different) ?? "none"}";
    }

    private CleanupResult Send(ReadOnlySpan<string> lines, string mainCf, out FollowedFile? file, out string? problem)
    {
        using BufferedOutput client = new(Stream.Null);
        CleanupProtocol.WriteFlags(new AttributeWriter(client), CleanupFlags.External);
        foreach (string record in CleanupHarness.Envelope("r@example.com"))
        {
            RecordWriter.Write(client, (RecordType)record[0], record[1..]);
        }

        RecordWriter.Write(client, RecordType.Text, "Received: x");
        foreach (string line in lines)
        {
            string rest = line;
            for (; rest.Length > 2048; rest = rest[2048..])
            {
                RecordWriter.Write(client, RecordType.ContinuedText, rest[..2048]);
            }

            RecordWriter.Write(client, RecordType.Text, rest);
        }

        RecordWriter.Write(client, RecordType.Extracted);
        RecordWriter.Write(client, RecordType.End);
        CleanupResult result = _harness.PlayAsync(client.PendingBytes.ToArray(), mainCf).GetAwaiter().GetResult();
        string[] files = [.. Directory.GetFiles("hold"), .. Directory.GetFiles("incoming")];
        file = files.Length == 1 ? FollowedFile.Read(File.ReadAllBytes(files[0])) : null;
        problem = result.Status != CleanupStatus.Ok && files.Length > 0 ? $"refused with {result} and kept" : files.Length > 1 ? "several files" : file?.Problem;
        foreach (string path in files)
        {
            File.Delete(path);
        }

        return result;
    }
}
