namespace Mta.Text.Tests;

public sealed class NetstringTests
{
    [Theory]
    [InlineData("")]
    [InlineData("a,b:c")]
    [InlineData("\u00e9\0\n")]
    public async Task What_is_written_is_read_again(string text)
    {
        using MemoryStream stream = new();
        using BufferedOutput output = new(stream);
        Netstring.Write(output, text);
        Netstring.Write(output, "next");
        await output.FlushAsync();
        NetstringReader reader = Over(ByteString.FromBytes(stream.ToArray()));
        Assert.Equal(text, await ReadAsync(reader));
        Assert.Equal("next", await ReadAsync(reader));
        Assert.Equal("", reader.Problem);
    }

    [Fact]
    public async Task More_than_is_held_at_first_arrives_whole()
    {
        string text = new('x', 200_000);
        Assert.Equal(text, await ReadAsync(Over($"200000:{text},"), limit: 200_000));
    }

    [Theory]
    [InlineData("5:12345,", 4, NetstringReader.TooLong)]
    [InlineData("99999999999999999999:", 10, NetstringReader.TooLong)]
    [InlineData("5:12345;", 10, NetstringReader.Malformed)]
    [InlineData("x:", 10, NetstringReader.Malformed)]
    [InlineData("-1:", 10, NetstringReader.Malformed)]
    public async Task What_is_wrong_is_told(string input, long limit, string problem)
    {
        NetstringReader reader = Over(input);
        Assert.Null(await ReadAsync(reader, limit));
        Assert.Equal(problem, reader.Problem);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("5:123")]
    [InlineData("5:12345")]
    public async Task One_that_is_cut_off_is_the_end_of_the_stream(string input) =>
        await Assert.ThrowsAsync<EndOfStreamException>(() => ReadAsync(Over(input)));

    private static NetstringReader Over(string input) => new(new BufferedInput(new MemoryStream(ByteString.ToBytes(input))));

    private static async Task<string?> ReadAsync(NetstringReader reader, long limit = 1000) =>
        await reader.ReadAsync(limit, CancellationToken.None) is { } bytes ? ByteString.FromBytes(bytes) : null;
}
