using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Cleanup.Tests;

[Collection("working directory")]
public sealed class SessionTests : IDisposable
{
    private static readonly string[] Content = ["NReceived: x", "NSubject: y", "N", "Nbody", "X", "E"];

    private readonly CleanupHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task A_message_becomes_a_ready_file_and_wakes_the_queue_manager()
    {
        CleanupResult result = await _harness.PlayAsync([.. CleanupHarness.Envelope("r@example.com"), .. Content]);
        Assert.Equal(new CleanupResult(CleanupStatus.Ok, ""), result);
        Assert.Equal(
            ["Arewrite_context=remote", "Ss@example.com", "Adsn_orig_rcpt=rfc822;r@example.com", "Or@example.com", "Rr@example.com", "M",
             "NReceived: x", "NSubject: y", "N", "Nbody", "X", "E"],
            CleanupHarness.Records());
        Assert.Equal(1, CleanupHarness.Size().Recipients);
        Assert.Equal(1, _harness.Triggers);
    }

    [Fact]
    public async Task A_message_on_hold_wakes_nobody_and_gives_its_token_back()
    {
        CleanupResult result = await _harness.PlayAsync([.. CleanupHarness.Envelope("r@example.com"), .. Content], CleanupFlags.External | CleanupFlags.Hold);
        Assert.Equal(CleanupStatus.Ok, result.Status);
        Assert.NotEmpty(CleanupHarness.Records("hold"));
        Assert.Equal((0, 1), (_harness.Triggers, _harness.TokensReturned));
        AssertNothing("incoming");
    }

    [Fact]
    public async Task A_discarded_message_is_a_success_without_a_file()
    {
        CleanupResult result = await _harness.PlayAsync([.. CleanupHarness.Envelope("r@example.com"), .. Content], CleanupFlags.External | CleanupFlags.Discard);
        Assert.Equal(new CleanupResult(CleanupStatus.Ok, ""), result);
        AssertNothing("incoming");
    }

    public static TheoryData<string[], CleanupStatus> BadStreams() => new()
    {
        { ["T1 2", "Rr@example.com", "M", .. Content], CleanupStatus.Bad },
        { ["Ss@example.com", "Rr@example.com", "M", .. Content], CleanupStatus.Bad },
        { ["T1 2", "Sa@example.com", "Sb@example.com", "Rr@example.com", "M", .. Content], CleanupStatus.Bad },
        { ["T1 2", "Ss@example.com", "p              0", "Rr@example.com", "M", .. Content], CleanupStatus.Bad },
        { ["T1 2", "Ss@example.com", "Anothing", "Rr@example.com", "M", .. Content], CleanupStatus.Bad },
        { ["T1 2", "Ss@example.com", "Arewrite_context=elsewhere", "Rr@example.com", "M", .. Content], CleanupStatus.Bad },
        { ["T1 2", "Ss@example.com", "Aret_flags=3", "Rr@example.com", "M", .. Content], CleanupStatus.Bad },
        { ["T1 2", "Ss@example.com", "Arewrite_context=remote", "M", .. Content], CleanupStatus.NoRecipients },
        { ["T1 2", "Ss@example.com", "Rr@example.com", "E"], CleanupStatus.Bad },
        { ["T1 2", "Ss@example.com", "Rr@example.com", "M", "NReceived: x", "E"], CleanupStatus.Bad },
        { ["T1 2", "Ss@example.com", "Rr@example.com", "M", "NReceived: x", "X"], CleanupStatus.Bad },
        { ["T1 2", "Ss@example.com", "Rr@example.com", "M", "NSubject: x", "N", "X", "E"], CleanupStatus.Bad },
        { [.. CleanupHarness.Envelope("r@example.com"), .. Enumerable.Repeat("NReceived: x", 50), "N", "X", "E"], CleanupStatus.Hops },
        { [], CleanupStatus.Bad },
    };

    [Theory]
    [MemberData(nameof(BadStreams))]
    public async Task A_stream_against_the_rules_gets_its_status_and_leaves_nothing(string[] records, CleanupStatus status)
    {
        CleanupResult result = await _harness.PlayAsync(records);
        Assert.Equal(status, result.Status);
        AssertNothing("incoming");
        Assert.Equal(0, _harness.Triggers);
    }

    [Fact]
    public async Task A_stream_cut_off_anywhere_leaves_nothing()
    {
        foreach (byte[] part in BeginningsOfAStream())
        {
            CleanupResult result = await _harness.PlayAsync(part);
            Assert.Equal(CleanupStatus.Bad, result.Status);
            AssertNothing("incoming");
        }
    }

    [Fact]
    public async Task A_stream_that_cannot_be_read_is_no_bad_message()
    {
        foreach (byte[] part in BeginningsOfAStream())
        {
            CleanupResult result = await _harness.PlayAsync(new FailingStream(part));
            Assert.Equal(CleanupStatus.Write, result.Status);
            AssertNothing("incoming");
        }
    }

    // From its flags alone to all but its last byte.
    private static IEnumerable<byte[]> BeginningsOfAStream()
    {
        using BufferedOutput client = new(Stream.Null);
        CleanupProtocol.WriteFlags(new AttributeWriter(client), CleanupFlags.External);
        int flags = client.Pending;
        foreach (string record in (string[])[.. CleanupHarness.Envelope("r@example.com"), .. Content])
        {
            RecordWriter.Write(client, (RecordType)record[0], record[1..]);
        }

        byte[] whole = client.PendingBytes.ToArray();
        for (int length = flags; length < whole.Length; length++)
        {
            yield return whole[..length];
        }
    }

    [Fact]
    public async Task A_message_above_the_limit_gets_the_size_status()
    {
        string[] records = [.. CleanupHarness.Envelope("r@example.com"), "NReceived: x", "N", .. Enumerable.Repeat("N" + new string('x', 1000), 20), "X", "E"];
        CleanupResult result = await _harness.PlayAsync(records, mainCf: "message_size_limit = 10000");
        Assert.Equal(CleanupStatus.Size, result.Status);
        AssertNothing("incoming");
    }

    [Fact]
    public async Task A_message_of_many_buffers_arrives_whole()
    {
        string[] body = [.. Enumerable.Range(0, 5000).Select(static i => $"N{i} {new string('x', i % 100)}")];
        CleanupResult result = await _harness.PlayAsync([.. CleanupHarness.Envelope("r@example.com"), "NReceived: x", "N", .. body, "X", "E"]);
        Assert.Equal(CleanupStatus.Ok, result.Status);
        Assert.Equal(body, CleanupHarness.Records().SkipWhile(static record => record != "N").Skip(1).TakeWhile(static record => record != "X"));
        CleanupHarness.Size();
    }

    [Fact]
    public async Task Duplicate_recipients_are_written_once()
    {
        await _harness.PlayAsync([.. CleanupHarness.Envelope("a@example.com", "A@Example.com", "b@example.com", "a@example.com"), .. Content]);
        Assert.Equal(["Ra@example.com", "Rb@example.com"], CleanupHarness.Records().Where(static record => record[0] == 'R'));
    }

    [Fact]
    public async Task An_alias_is_expanded_and_the_original_recipient_kept()
    {
        await _harness.PlayAsync(
            [.. CleanupHarness.Envelope("list@example.com"), .. Content],
            mainCf: "virtual_alias_maps = inline:{{list@example.com=a@example.net, b@example.net}, {a@example.net=c@example.net}}");
        Assert.Equal(["Olist@example.com", "Rc@example.net", "Olist@example.com", "Rb@example.net"], CleanupHarness.Records().Where(static record => record[0] is 'O' or 'R'));
    }

    [Fact]
    public async Task A_failing_table_is_a_temporary_error()
    {
        CleanupResult result = await _harness.PlayAsync([.. CleanupHarness.Envelope("r@example.com"), .. Content], mainCf: "virtual_alias_maps = fail:x");
        Assert.Equal(new CleanupResult(CleanupStatus.Write, "4.6.0 Alias expansion error"), result);
    }

    [Fact]
    public async Task Masquerading_strips_subdomains_but_not_of_exceptions()
    {
        await _harness.PlayAsync(
            ["T1 2", "Arewrite_context=remote", "Su@a.b.example.com", "Rr@a.example.com", "M", .. Content],
            mainCf: "masquerade_domains = example.com");
        Assert.Contains("Su@example.com", CleanupHarness.Records());
        Assert.Contains("Rr@a.example.com", CleanupHarness.Records());
    }

    [Fact]
    public async Task Notify_masks_reach_the_size_record()
    {
        await _harness.PlayAsync(["T1 2", "Ss@example.com", "Anotify_flags=6", "Rr@example.com", "M", .. Content]);
        Assert.Equal(12, CleanupHarness.Size().Hints);
        Assert.Contains("Anotify_flags=6", CleanupHarness.Records());
    }

    private static void AssertNothing(string queue) => Assert.Empty(Directory.GetFileSystemEntries(queue));

    /// <summary>What a connection is when the system cannot read on: the bytes so far, then an error.</summary>
    private sealed class FailingStream(byte[] input) : MemoryStream(input)
    {
        public override int Read(Span<byte> buffer) => Checked(base.Read(buffer));

        public override int Read(byte[] buffer, int offset, int count) => Checked(base.Read(buffer, offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

        private static int Checked(int count) => count > 0 ? count : throw new IOException("Cannot allocate memory");
    }
}
