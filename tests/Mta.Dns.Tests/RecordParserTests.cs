using Mta.Text;

namespace Mta.Dns.Tests;

public sealed class RecordParserTests
{
    [Theory]
    [InlineData(DnsRecordType.A)]
    [InlineData(DnsRecordType.Aaaa)]
    [InlineData(DnsRecordType.Mx)]
    [InlineData(DnsRecordType.Ptr)]
    [InlineData(DnsRecordType.Srv)]
    [InlineData(DnsRecordType.Tlsa)]
    public void Every_cut_of_a_record_is_refused_or_read_without_an_exception(DnsRecordType type)
    {
        Random random = new(1);
        byte[] data = new byte[40];
        for (int round = 0; round < 2000; round++)
        {
            random.NextBytes(data);
            data[2] = (byte)random.Next(8);
            RecordParser.TryParse(type, data.AsSpan(0, random.Next(data.Length)), out _);
        }
    }

    [Fact]
    public void Text_strings_are_joined()
    {
        Assert.True(RecordParser.TryParse(DnsRecordType.Txt, "\u0003abc\u0002de"u8, out DnsRecord? record));
        Assert.Equal("abcde", record.Data);
    }

    [Fact]
    public void Text_that_runs_past_its_end_is_refused() =>
        Assert.False(RecordParser.TryParse(DnsRecordType.Txt, "\u0009abc"u8, out _));

    [Fact]
    public void Name_with_a_dot_or_blank_in_a_label_is_refused()
    {
        Assert.False(DnsName.TryParse("\u0003a.b\u0000"u8, out _, out _));
        Assert.False(DnsName.TryParse("\u0003a b\u0000"u8, out _, out _));
    }

    [Theory]
    [InlineData("a.example", true)]
    [InlineData("a_b.example.", true)]
    [InlineData("-a.example", false)]
    [InlineData("a-.example", false)]
    [InlineData("a..example", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("", false)]
    public void Host_names_are_judged(string name, bool isValid) => Assert.Equal(isValid, DnsName.IsValidHostName(name));

    [Fact]
    public void Host_name_of_the_longest_label_is_valid()
    {
        Assert.True(DnsName.IsValidHostName(new string('a', 63) + ".b"));
        Assert.False(DnsName.IsValidHostName(new string('a', 64) + ".b"));
        Assert.Equal(3, ByteString.ToBytes("abc").Length);
    }
}
