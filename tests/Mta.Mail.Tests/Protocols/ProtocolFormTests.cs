using Mta.Mail.Protocols;
using Mta.Tables;
using Mta.Text;

namespace Mta.Mail.Tests.Protocols;

public sealed class ProtocolFormTests
{
    [Fact]
    public void A_resolve_request_reads_as_the_protocol_says() => Assert.Equal(
        "request\0verify\0sender\0s\0address\0a\0\0",
        Written(writer => RewriteProtocol.WriteResolveRequest(writer, forVerify: true, "s", "a")));

    [Fact]
    public void A_lookup_request_reads_as_the_protocol_says() => Assert.Equal(
        "request\0lookup\0table\0hash:/x\0flags\0" + "540736\0key\0k\0\0",
        Written(writer => ProxymapProtocol.WriteRequest(writer, new ProxymapRequest(ProxymapVerb.Lookup, "hash:/x", TableFlags.Usual | TableFlags.Fixed, "k", "", false))));

    [Fact]
    public async Task Requests_survive_the_way()
    {
        ProxymapRequest[] requests =
        [
            new(ProxymapVerb.Open, "t:n", TableFlags.Lock, "", "", false),
            new(ProxymapVerb.Lookup, "t:n", TableFlags.Lock, "k", "", false),
            new(ProxymapVerb.Update, "t:n", TableFlags.Lock, "k", "v", false),
            new(ProxymapVerb.Delete, "t:n", TableFlags.Lock, "k", "", false),
            new(ProxymapVerb.Sequence, "t:n", TableFlags.Lock, "", "", true),
        ];
        foreach (ProxymapRequest request in requests)
        {
            AttributeReader reader = await ReadAsync(Written(writer => ProxymapProtocol.WriteRequest(writer, request)));
            Assert.Equal(request, ProxymapProtocol.TakeRequest(reader));
        }
    }

    [Theory]
    [InlineData("request\0rewrite\0rule\0other\0address\0a\0\0")]
    [InlineData("request\0rewrite\0address\0a\0\0")]
    [InlineData("request\0resolve\0sender\0s\0address\0a\0more\0x\0\0")]
    [InlineData("request\0other\0\0")]
    [InlineData("\0")]
    public async Task A_malformed_rewrite_request_is_refused(string bytes)
    {
        AttributeReader reader = await ReadAsync(bytes);
        Assert.Throws<AttributeFormatException>(() => RewriteProtocol.TakeRequest(reader));
    }

    [Fact]
    public async Task An_unknown_proxymap_verb_is_known_as_such() =>
        Assert.Equal(ProxymapVerb.Unknown, ProxymapProtocol.TakeRequest(await ReadAsync("request\0foo\0x\0y\0\0")).Verb);

    private static string Written(Action<AttributeWriter> write)
    {
        using BufferedOutput output = new(Stream.Null);
        write(new AttributeWriter(output));
        return ByteString.FromBytes(output.PendingBytes);
    }

    private static async Task<AttributeReader> ReadAsync(string bytes)
    {
        AttributeReader reader = new(new BufferedInput(new MemoryStream(ByteString.ToBytes(bytes))));
        await reader.ReadListAsync();
        return reader;
    }
}
