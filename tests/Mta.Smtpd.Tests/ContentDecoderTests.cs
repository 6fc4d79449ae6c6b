using FsCheck;
using FsCheck.Fluent;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Smtpd.Tests;

public sealed class ContentDecoderTests
{
    private const int LineLimit = 512;

    [Theory]
    [InlineData("a\r\n.\r\n", "a\n", BareNewlineMode.Normalize)]
    [InlineData("..a\r\n.b\r\n...\r\n.\r\n", ".a\nb\n..\n", BareNewlineMode.Normalize)]
    [InlineData(".\r\n", "", BareNewlineMode.Normalize)]
    [InlineData("\r\n.\r\n", "\n", BareNewlineMode.Normalize)]
    [InlineData("a\n.\nb\n.\r\nc\r\n.\nd\r\n.\r\n", "a\nb\nc\nd\n", BareNewlineMode.Normalize)]
    [InlineData("a\r\n.\r\r\n.\r\n", "a\n\r\n", BareNewlineMode.Normalize)]
    [InlineData("a\r\r\n.\r\n", "a\r\n", BareNewlineMode.Normalize)]
    [InlineData("a\r\r\r\n.\n", "a\n", BareNewlineMode.Allow)]
    [InlineData(" folded\r\n.\r\n", "\n folded\n", BareNewlineMode.Normalize)]
    [InlineData("From x\r\n>From y\r\nSubject: z\r\nFrom q\r\n.\r\n", "X-Mailbox-Line: From x\nX-Mailbox-Line: >From y\nSubject: z\nFrom q\n", BareNewlineMode.Normalize)]
    public void Data_becomes_lines(string input, string expected, object mode)
    {
        (string content, bool ended, _) = Decode(input, (BareNewlineMode)mode, input.Length);
        Assert.True(ended);
        Assert.Equal(expected, content);
        Assert.Equal((expected, true), Decode(input, (BareNewlineMode)mode, 1) is var byBytes ? (byBytes.Content, byBytes.Ended) : default);
    }

    [Theory]
    [InlineData("a\n.\r\n")]
    [InlineData("a\r\n.\n")]
    [InlineData("a\n.\n")]
    [InlineData("a\r\n.\r")]
    [InlineData("a\r.\r")]
    [InlineData("a\r\n.\r\r\n")]
    [InlineData("a\r\n\0.\r\n")]
    [InlineData("a\n\r.\r\n")]
    public void Nothing_but_CRLF_dot_CRLF_ends_the_message(string input) => Assert.False(Decode(input, BareNewlineMode.Normalize, input.Length).Ended);

    [Fact]
    public void Long_lines_come_out_unsplit()
    {
        string line = new('x', (LineLimit * 3) + 17);
        Assert.Equal(line + "\n", Decode(line + "\r\n.\r\n", BareNewlineMode.Normalize, 100).Content);
        Assert.Equal("." + line + "\n", Decode(".." + line + "\r\n.\r\n", BareNewlineMode.Normalize, 100).Content);
    }

    [Fact]
    public void A_dot_behind_a_full_piece_of_a_long_line_is_text()
    {
        string line = new string('x', LineLimit) + ".";
        Assert.Equal(line + "\n", Decode(line + "\r\n.\r\n", BareNewlineMode.Normalize, 7).Content);
    }

    [Fact]
    public void A_message_over_the_limit_is_read_to_its_end_and_not_kept()
    {
        var decoder = new ContentDecoder(BareNewlineMode.Normalize, LineLimit, 10);
        using var output = new BufferedOutput(Stream.Null, 1 << 16);
        byte[] input = ByteString.ToBytes("12345678\r\nmuch more\r\n.\r\n");
        Assert.Equal(input.Length, decoder.TakeData(input, output, 1 << 16, out bool ended));
        Assert.True(ended && decoder.IsTooBig);
        Assert.Equal("12345678\n", Content(output));
    }

    [Fact]
    public void Chunks_keep_dots_and_may_cut_lines_anywhere()
    {
        Assert.Equal("a\n.\nb\n", DecodeChunks(["a\r\n.\r", "\nb"]));
        Assert.Equal("hello world\n", DecodeChunks(["hello", " ", "world", "\r\n"]));
        Assert.Equal("a\n\n", DecodeChunks(["a\r\n\r\n"]));
    }

    [Fact]
    public void The_answer_does_not_depend_on_how_the_input_is_cut()
    {
        Gen<string> pieces = Gen.Elements("\r", "\n", "\r\n", ".", "a", "From ", ">", " ", "\r\n.\r\n", "\n.\n", new string('y', LineLimit), "\0");
        Gen<string> inputs = pieces.ListOf().Select(static parts => string.Concat(parts) + "\r\n.\r\n");
        Prop.ForAll(inputs.ToArbitrary(), static input =>
        {
            foreach (BareNewlineMode mode in (BareNewlineMode[])[BareNewlineMode.Normalize, BareNewlineMode.Reject])
            {
                (string Content, bool Ended, int Taken) whole = Decode(input, mode, input.Length);
                foreach (int piece in (int[])[1, 2, 7, LineLimit])
                {
                    // What was written of a refused message does not matter.
                    (string Content, bool Ended, int Taken) cut = Decode(input, mode, piece);
                    if (cut.Ended != whole.Ended || cut.Taken != whole.Taken || (mode != BareNewlineMode.Reject && cut.Content != whole.Content))
                    {
                        return false;
                    }
                }
            }

            string chunk = DecodeChunks([input]);
            return DecodeChunks(input.Select(static c => c.ToString())) == chunk && DecodeChunks(input.Chunk(5).Select(static c => new string(c))) == chunk;
        }).QuickCheckThrowOnFailure();
    }

    private static (string Content, bool Ended, int Taken) Decode(string text, BareNewlineMode mode, int piece)
    {
        var decoder = new ContentDecoder(mode, LineLimit, 0);
        using var output = new BufferedOutput(Stream.Null, 1 << 16);
        byte[] input = ByteString.ToBytes(text);
        int start = 0;
        for (int end = Math.Min(piece, input.Length); ; end = Math.Min(end + piece, input.Length))
        {
            start += decoder.TakeData(input.AsSpan(start, end - start), output, 1 << 20, out bool ended);
            if (ended || end == input.Length)
            {
                return (Content(output), ended, start);
            }
        }
    }

    private static string DecodeChunks(IEnumerable<string> chunks)
    {
        var decoder = new ContentDecoder(BareNewlineMode.Normalize, LineLimit, 0);
        using var output = new BufferedOutput(Stream.Null, 1 << 16);
        foreach (string chunk in chunks)
        {
            byte[] bytes = ByteString.ToBytes(chunk);
            Assert.Equal(bytes.Length, decoder.TakeChunkData(bytes, output, 1 << 20));
        }

        decoder.EndChunks(output);
        return Content(output);
    }

    private static string Content(BufferedOutput output)
    {
        var content = new System.Text.StringBuilder();
        ReadOnlySpan<byte> records = output.PendingBytes;
        while (!records.IsEmpty)
        {
            Assert.Equal(RecordParse.Complete, RecordFormat.Parse(records, out int header, out int length));
            content.Append(ByteString.FromBytes(records.Slice(header, length)));
            content.Append((RecordType)records[0] == RecordType.Text ? "\n" : "");
            records = records[(header + length)..];
        }

        return content.ToString();
    }
}
