using Mta.Text;

namespace Mta.Smtp.Tests;

public sealed class ReplyReaderTests
{
    public static TheoryData<int> PieceSizes => [1, 2, 3, 7, 4096];

    private static async Task<SmtpReply> ReadAsync(string text, int pieces, int limit = 2048)
    {
        using BufferedInput input = new(new PieceStream(ByteString.ToBytes(text), pieces));
        return await new ReplyReader(input, "server", limit).ReadAsync(default);
    }

    [Theory]
    [MemberData(nameof(PieceSizes))]
    public async Task One_line_is_a_reply(int pieces)
    {
        SmtpReply reply = await ReadAsync("250 2.1.0 ok\r\n", pieces);
        Assert.Equal((250, "250 2.1.0 ok", "2.1.0", false), (reply.Code, reply.Text, reply.Status, reply.IsGarbled));
    }

    [Theory]
    [MemberData(nameof(PieceSizes))]
    public async Task Continued_lines_are_joined(int pieces)
    {
        SmtpReply reply = await ReadAsync("550-a\r\n550-\r\n550 b\r\nnext", pieces);
        Assert.Equal("550-a 550- 550 b", reply.OneLine);
    }

    [Theory]
    [MemberData(nameof(PieceSizes))]
    public async Task Garbage_is_kept_in_the_text_and_marked(int pieces)
    {
        SmtpReply reply = await ReadAsync("hello\n250 ok\n", pieces);
        Assert.Equal(("hello 250 ok", true, 250), (reply.OneLine, reply.IsGarbled, reply.Code));
    }

    [Theory]
    [MemberData(nameof(PieceSizes))]
    public async Task Control_bytes_become_question_marks(int pieces) =>
        Assert.Equal("250 a?b?c", (await ReadAsync("250 a\0b\rc\r\n", pieces)).Text);

    [Theory]
    [MemberData(nameof(PieceSizes))]
    public async Task Endless_line_is_cut_and_its_end_is_found(int pieces)
    {
        SmtpReply reply = await ReadAsync($"250-{new string('x', 9000)}\r\n250 end\r\n", pieces, limit: 512);
        Assert.Equal((250, 512), (reply.Code, reply.Text.Length));
    }

    [Fact]
    public async Task Endless_reply_ends_the_session() =>
        await Assert.ThrowsAsync<EndOfStreamException>(() => ReadAsync(string.Concat(Enumerable.Repeat("250-x\r\n", 5000)), 4096));

    [Fact]
    public async Task An_endless_line_ends_the_session_too()
    {
        byte[] text = new byte[4 << 20];
        text.AsSpan().Fill((byte)'x');
        PieceStream stream = new(text, 4096);
        using BufferedInput input = new(stream);
        await Assert.ThrowsAsync<EndOfStreamException>(async () => await new ReplyReader(input, "server", 2048).ReadAsync(default));
        Assert.True(await stream.ReadAsync(new byte[1]) > 0, "not all of it is read");
    }

    [Fact]
    public async Task A_reply_that_drips_ends_with_the_session()
    {
        using BufferedInput input = new(new DrippingStream()) { Timeout = TimeSpan.FromMilliseconds(50) };
        await Assert.ThrowsAsync<TimeoutException>(async () => await new ReplyReader(input, "server", 2048).ReadAsync(default));
    }

    private sealed class DrippingStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(5, cancellationToken);
            buffer.Span[0] = (byte)'x';
            return 1;
        }
    }

    [Fact]
    public async Task End_of_stream_is_told() =>
        await Assert.ThrowsAsync<EndOfStreamException>(() => ReadAsync("250-x\r\n25", 4096));

    [Theory]
    [InlineData("550 4.7.1 x", "5.0.0")]
    [InlineData("550 5.7.1 x", "5.7.1")]
    [InlineData("450 4.2.1", "4.2.1")]
    [InlineData("421 closing", "4.0.0")]
    [InlineData("399 x", "5.5.0")]
    [InlineData("250", "2.0.0")]
    [InlineData("250 5.1.1 odd", "2.0.0")]
    [InlineData("550   5.7.1 x", "5.7.1")]
    public async Task Enhanced_status_counts_where_it_fits_the_code(string line, string status) =>
        Assert.Equal(status, (await ReadAsync(line + "\r\n", 4096)).Status);

    private sealed class PieceStream(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            new(Read(buffer.Span[..Math.Min(size, buffer.Length)]));
    }
}
