using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Cleanup.Tests;

/// <summary>Whatever a client sends becomes a file that the queue manager can read, or is refused, or is cancelled.</summary>
[Collection("working directory")]
public sealed class AnyInputTests : IDisposable
{
    private const string Everything = "header_checks = pcre:{{/x/ WARN}}\nbody_checks = pcre:{{/y/ PREPEND z}}\nstrict_8bitmime = yes\nmessage_strip_characters = \\000\nforce_mime_input_conversion = yes\nalways_bcc = b@example.com";

    private static readonly string[] Words =
    [
        "T1 2", "T", "Ss@example.com", "S", "Rr@example.com", "R", "O<>", "Anotify_flags=2", "Adsn_orig_rcpt=rfc822;x", "Arewrite_context=local", "A=", "Ax", "Aencoding=8bit",
        "M", "NReceived: x", "N", "NFrom: a (b", "NTo: <<\"", "N\tfolded", "NContent-Type: multipart/mixed; boundary=b", "N--b", "N--b--", "NContent-Type: message/rfc822",
        "NContent-Transfer-Encoding: 8bit", "N\u00e4\u00f6 =", "Lpiece", "X", "E", "p              0", "w0", "C", "L", "f8", "f", "W1", "V+=", ">x@y", "K", "D", "/", "m0", "Z", "\0",
        "N" + new string('x', 3000), "NX: " + new string('(', 500),
    ];

    private readonly CleanupHarness _harness = new();
    private readonly RewriteDouble _rewrite = new();

    public void Dispose()
    {
        _rewrite.Dispose();
        _harness.Dispose();
    }

    [Fact]
    public void Any_records_become_a_readable_file_or_a_refusal()
    {
        Gen<string[]> records = Gen.Elements(Words).ArrayOf();
        string[] start = ["T1 2", "Ss@example.com", "Rr@example.com", "M", "NReceived: x"];
        Prop.ForAll(
            records.Select(found => found.Length % 3 == 0 ? found : found.Length % 3 == 1 ? [.. start, .. found, "X", "E"] : [.. start, .. found]).ToArbitrary(),
            found => IsHandled(_harness.PlayAsync([.. found, "E", "E"], CleanupFlags.External | CleanupFlags.Hold, found.Length % 2 == 0 ? Everything : "").GetAwaiter().GetResult()))
            .Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void Any_bytes_become_a_refusal_or_nothing()
    {
        Prop.ForAll<byte[]>(bytes =>
        {
            using BufferedOutput flags = new(Stream.Null);
            CleanupProtocol.WriteFlags(new AttributeWriter(flags), CleanupFlags.External);
            byte[] input = bytes.Length % 2 == 0 ? [.. flags.PendingBytes, .. bytes] : bytes;
            try
            {
                return IsHandled(_harness.PlayAsync(input).GetAwaiter().GetResult());
            }
            catch (Exception error) when (error is IOException or InvalidDataException)
            {
                return NothingIsLeft();
            }
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    public static TheoryData<string, string> Bombs() => new()
    {
        { "parameters", "Content-Type: multipart/mixed" + string.Concat(Enumerable.Repeat(";boundary=a", 9_000)) },
        { "content type comments", "Content-Type: " + new string('(', 50_000) + "multipart/mixed; boundary=b" },
        { "content type quotes", "Content-Type: multipart/mixed; a=\"" + string.Concat(Enumerable.Repeat("\\\"", 50_000)) },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public async Task Headers_made_to_hurt_take_linear_time(string name, string header)
    {
        Stopwatch watch = Stopwatch.StartNew();
        CleanupResult result = await _harness.PlayAsync(
            [.. CleanupHarness.Envelope("r@example.com"), "NReceived: x", "N" + header, "N", "Nb", "X", "E"]);
        Assert.True(result.Status == CleanupStatus.Ok, $"{name}: {result}");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"{name}: {watch.Elapsed}");
    }

    [Fact]
    public async Task Ten_thousand_nested_messages_and_multiparts_pass()
    {
        List<string> content = ["NReceived: x"];
        for (int i = 0; i < 10_000; i++)
        {
            content.AddRange(i % 2 == 0 ? ["NContent-Type: message/rfc822", "N"] : [$"NContent-Type: multipart/mixed; boundary=b{i}", "N", $"N--b{i}"]);
        }

        CleanupResult result = await _harness.PlayAsync([.. CleanupHarness.Envelope("r@example.com"), .. content, "X", "E"], CleanupFlags.External, "mime_nesting_limit = 100");
        Assert.Equal(CleanupStatus.Ok, result.Status);
    }

    // Each line is compared with every open boundary: the limits on both keep that bounded.
    [Fact]
    public async Task Boundaries_that_nearly_match_take_linear_time()
    {
        List<string> content = ["NReceived: x"];
        string long_ = new('b', 2000);
        for (int i = 0; i < 100; i++)
        {
            content.AddRange([$"NContent-Type: multipart/mixed; boundary={long_}{i:D3}", "N", $"N--{long_}{i:D3}"]);
        }

        content.Add("N");
        content.AddRange(Enumerable.Repeat($"N--{long_}xxx", 2000));
        Stopwatch watch = Stopwatch.StartNew();
        CleanupResult result = await _harness.PlayAsync([.. CleanupHarness.Envelope("r@example.com"), .. content, "X", "E"], CleanupFlags.External);
        Assert.Equal(CleanupStatus.Ok, result.Status);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"{watch.Elapsed}");
    }

    private static bool IsHandled(CleanupResult result)
    {
        bool handled = result.Status == CleanupStatus.Ok ? IsReadable() : NothingIsLeft();
        Clear();
        return handled;
    }

    // Ok with no file is a message that was to be discarded.
    private static bool IsReadable()
    {
        foreach (string path in Directory.GetFiles("hold").Concat(Directory.GetFiles("incoming")))
        {
            using FileHandle file = Posix.Open(path, OpenFlags.ReadOnly, 0);
            QueueEnvelopeReader reader = new();
            if (!reader.ReadFirst(file, 1000, []))
            {
                return false;
            }

            byte[] bytes = File.ReadAllBytes(path);
            if (bytes[reader.Envelope.Size.DataOffset + reader.Envelope.Size.DataSize] != 'X')
            {
                return false;
            }
        }

        return true;
    }

    private static bool NothingIsLeft() => Directory.GetFiles("hold").Length + Directory.GetFiles("incoming").Length == 0;

    private static void Clear()
    {
        foreach (string path in Directory.GetFiles("hold").Concat(Directory.GetFiles("incoming")))
        {
            File.Delete(path);
        }
    }
}
