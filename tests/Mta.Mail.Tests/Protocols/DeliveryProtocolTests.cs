using Mta.Mail.Protocols;
using Mta.Text;

namespace Mta.Mail.Tests.Protocols;

using Dsn = Mta.Mail.Protocols.Dsn;

public sealed class DeliveryProtocolTests
{
    private static DeliveryRequest Request => new()
    {
        Flags = (DeliveryFlags)3,
        QueueId = "57669B303E2",
        ContentOffset = 835,
        ContentLength = 309,
        NextHop = "hop.example",
        Encoding = "8bit",
        SmtpUtf8 = 5,
        Sender = "snd@sender.example",
        EnvelopeId = "abc+def",
        Ret = DsnReturn.Headers,
        Times = new MessageTimes(1_700_000_000_123_456, 1_700_000_001_000_000),
        LogIdent = "X",
        RewriteContext = "remote",
        Recipients =
        {
            new DeliveryRecipient("o@x", "r@x", 740, "rfc822;o@x", DsnNotify.Success | DsnNotify.Failure),
            new DeliveryRecipient("", "s@x", -1),
        },
    };

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(7)]
    [InlineData(1)]
    public async Task A_request_is_read_back_whole_in_pieces_and_by_byte(int pieces)
    {
        DeliveryRequest? read = await ReadAsync(await WriteAsync(Request), pieces);
        Assert.NotNull(read);
        Assert.Equal(Request.Recipients, read.Recipients);
        Assert.Equal(Request.Times, read.Times);
        Assert.Equal((Request.QueueId, Request.NextHop, Request.Sender, Request.Ret, Request.SmtpUtf8, Request.ContentOffset), (read.QueueId, read.NextHop, read.Sender, read.Ret, read.SmtpUtf8, read.ContentOffset));
    }

    [Fact]
    public async Task End_of_file_instead_of_a_request_is_an_orderly_end() => Assert.Null(await ReadAsync([], int.MaxValue));

    [Fact]
    public async Task A_request_cut_off_anywhere_is_malformed()
    {
        byte[] bytes = await WriteAsync(Request);
        for (int length = 1; length < bytes.Length; length += 3)
        {
            await Assert.ThrowsAsync<AttributeFormatException>(() => ReadAsync(bytes[..length], int.MaxValue));
        }
    }

    [Fact]
    public async Task The_later_name_of_the_option_bits_is_understood()
    {
        string text = ByteString.FromBytes(await WriteAsync(Request)).Replace("smtputf8\0", "sendopts\0", StringComparison.Ordinal);
        Assert.Equal(5, (await ReadAsync(ByteString.ToBytes(text), int.MaxValue))!.SmtpUtf8); // it is a request
    }

    [Fact]
    public void Times_take_88_bytes_in_little_endian_pairs()
    {
        byte[] bytes = new byte[MessageTimes.Size];
        MessageTimes times = new(1_000_002, 3_000_004, 5_000_006, 7_000_008, 9_000_010, 11);
        times.Encode(bytes);
        Assert.Equal([1, 0, 0, 0, 0, 0, 0, 0, 2], bytes[..9]);
        Assert.Equal(11, bytes[80]);
        Assert.Equal(times, MessageTimes.Decode(bytes));
        Assert.Throws<AttributeFormatException>(() => MessageTimes.Decode(bytes.AsSpan(0, 87)));
    }

    [Fact]
    public async Task A_final_list_is_read_back()
    {
        using MemoryStream stream = new();
        using BufferedOutput output = new(stream);
        Dsn hop = new("4.4.1", "", "connect: refused");
        DeliveryProtocol.WriteFinal(new AttributeWriter(output), hop, -1);
        await output.FlushAsync();
        stream.Position = 0;
        using BufferedInput input = new(stream);
        Assert.Equal(new DeliveryResult(hop, -1), await DeliveryProtocol.ReadFinalAsync(new AttributeReader(input), default));
    }

    private static async Task<byte[]> WriteAsync(DeliveryRequest request)
    {
        using MemoryStream stream = new();
        using BufferedOutput output = new(stream);
        DeliveryProtocol.WriteRequest(new AttributeWriter(output), request);
        await output.FlushAsync();
        return stream.ToArray();
    }

    private static async Task<DeliveryRequest?> ReadAsync(byte[] bytes, int pieces)
    {
        using BufferedInput input = new(new Pieces(bytes, pieces));
        return await DeliveryProtocol.ReadRequestAsync(new AttributeReader(input), default);
    }

    private sealed class Pieces(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
