using Mta.Mail.Protocols;
using Mta.Text;

namespace Mta.Mail.Tests.Protocols;

using Dsn = Mta.Mail.Protocols.Dsn;

public sealed class BounceProtocolTests
{
    [Theory]
    [InlineData(BounceRequestKind.Append)]
    [InlineData(BounceRequestKind.Flush)]
    [InlineData(BounceRequestKind.Warn)]
    [InlineData(BounceRequestKind.Verp)]
    [InlineData(BounceRequestKind.One)]
    [InlineData(BounceRequestKind.TraceFlush)]
    public async Task Every_request_is_read_back(BounceRequestKind kind)
    {
        BounceRequest request = new()
        {
            Kind = kind,
            Flags = DeliveryFlags.Record,
            QueueName = kind == BounceRequestKind.Append ? "" : "active",
            QueueId = "A1",
            Encoding = kind == BounceRequestKind.Append ? "" : "7bit",
            Sender = kind == BounceRequestKind.Append ? "" : "s@x",
            VerpDelimiters = kind == BounceRequestKind.Verp ? "+=" : "",
        };
        if (kind is BounceRequestKind.Append or BounceRequestKind.One)
        {
            request.Recipient = new DeliveryRecipient("o@x", "r@x", 12, "rfc822;o@x", DsnNotify.Delay);
            request.Dsn = new Dsn("5.1.1", "failed", "no", "smtp", "550 no", "dns", "x");
        }

        byte[] bytes = await WriteAsync(request);
        BounceRequest? read = await ReadAsync(bytes);
        Assert.NotNull(read);
        Assert.Equal(bytes, await WriteAsync(read));
    }

    [Fact]
    public async Task A_trace_flush_may_lack_the_utf8_field()
    {
        string text = ByteString.FromBytes(await WriteAsync(new BounceRequest { Kind = BounceRequestKind.TraceFlush, QueueId = "A1", Sender = "s@x" }));
        BounceRequest? read = await ReadAsync(ByteString.ToBytes(text.Replace("smtputf8\00\0", "", StringComparison.Ordinal)));
        Assert.Equal("s@x", read!.Sender); // it is a request
    }

    [Fact]
    public async Task An_unknown_request_is_malformed() =>
        await Assert.ThrowsAsync<AttributeFormatException>(() => ReadAsync(ByteString.ToBytes("nrequest\09\0flags\00\0\0")));

    private static async Task<byte[]> WriteAsync(BounceRequest request)
    {
        using MemoryStream stream = new();
        using BufferedOutput output = new(stream);
        BounceProtocol.WriteRequest(new AttributeWriter(output), request);
        await output.FlushAsync();
        return stream.ToArray();
    }

    private static async Task<BounceRequest?> ReadAsync(byte[] bytes)
    {
        using BufferedInput input = new(new MemoryStream(bytes));
        return await BounceProtocol.ReadRequestAsync(new AttributeReader(input), default);
    }
}
