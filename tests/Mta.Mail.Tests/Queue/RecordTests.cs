using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Mail.Tests.Queue;

public sealed class RecordTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(16_383)]
    [InlineData(16_384)]
    [InlineData(2_097_151)]
    [InlineData(2_097_152)]
    public void A_record_reads_back_as_it_was_written(int length)
    {
        byte[] data = new byte[length];
        Random.Shared.NextBytes(data);
        byte[] record = Encode(RecordType.Text, data);
        Assert.Equal(RecordParse.Complete, RecordFormat.Parse(record, out int header, out int found));
        Assert.Equal(data, record[header..(header + found)]);
    }

    [Fact]
    public void Every_prefix_of_a_record_needs_more()
    {
        byte[] record = Encode(RecordType.Sender, new byte[300]);
        for (int i = 0; i < record.Length; i++)
        {
            Assert.Equal(RecordParse.NeedMore, RecordFormat.Parse(record.AsSpan(0, i), out _, out _));
        }
    }

    [Theory]
    [InlineData(new byte[] { 78, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 78, 0xFF, 0xFF, 0xFF, 0x7F })]
    public void Excessive_lengths_are_refused(byte[] bytes) =>
        Assert.Equal(RecordParse.Malformed, RecordFormat.Parse(bytes, out _, out _));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public async Task A_stream_gives_the_same_records_however_it_is_cut(int piece)
    {
        List<(RecordType, string)> written = [(RecordType.Sender, "a@b"), (RecordType.Text, new string('x', 5000)), (RecordType.Text, ""), (RecordType.End, "")];
        byte[] bytes = [.. written.SelectMany(static record => Encode(record.Item1, ByteString.ToBytes(record.Item2)))];
        using BufferedInput input = new(new PieceStream(bytes, piece));
        RecordReader reader = new(input);
        List<(RecordType, string)> read = [];
        while (true)
        {
            if (reader.TryRead(out RecordType type, out ReadOnlySpan<byte> data) == RecordParse.Complete)
            {
                read.Add((type, ByteString.FromBytes(data)));
            }
            else if (!await reader.FillAsync(default))
            {
                break;
            }
        }

        Assert.Equal(written, read);
    }

    [Fact]
    public async Task A_record_put_back_comes_again()
    {
        using BufferedInput input = new(new MemoryStream(Encode(RecordType.Sender, "x"u8.ToArray())));
        RecordReader reader = new(input);
        await reader.FillAsync(default);
        reader.TryRead(out _, out _);
        reader.Unread();
        Assert.Equal(RecordParse.Complete, reader.TryRead(out RecordType type, out _));
        Assert.Equal(RecordType.Sender, type);
    }

    [Fact]
    public void Long_lines_become_continued_records()
    {
        using BufferedOutput output = new(Stream.Null);
        RecordWriter.WriteText(output, "abcdefgh"u8, 3);
        Assert.Equal("L\u0003abcL\u0003defN\u0002gh", ByteString.FromBytes(output.PendingBytes));
    }

    [Fact]
    public void The_size_record_has_fifteen_columns_per_field()
    {
        byte[] record = new byte[SizeRecord.RecordLength];
        new SizeRecord(309, 835, 2, 12, 309, 0).Write(record);
        Assert.Equal(
            "C_            309             835               2              12             309               0",
            ByteString.FromBytes(record));
        Assert.True(SizeRecord.TryParse(record.AsSpan(2), out SizeRecord size));
        Assert.Equal(new SizeRecord(309, 835, 2, 12, 309, 0), size);
    }

    [Theory]
    [InlineData("1 2 3", true)]
    [InlineData("1 2", false)]
    [InlineData("", false)]
    [InlineData("a b c", false)]
    [InlineData("1 2 -3", false)]
    [InlineData("99999999999999999999 1 1", false)]
    public void A_size_record_needs_three_numbers(string text, bool valid) =>
        Assert.Equal(valid, SizeRecord.TryParse(ByteString.ToBytes(text), out _));

    [Theory]
    [InlineData("1795304593 357576", true)]
    [InlineData("1795304593", true)]
    [InlineData("1795304593 1000000", false)]
    [InlineData("-1 0", false)]
    [InlineData("", false)]
    [InlineData("1 2 3", false)]
    public void Times_are_seconds_and_perhaps_microseconds(string text, bool valid) =>
        Assert.Equal(valid, RecordText.TryParseTime(ByteString.ToBytes(text), out _));

    [Fact]
    public void A_time_reads_back_to_the_microsecond()
    {
        DateTime time = new DateTime(2026, 11, 22, 1, 2, 3, DateTimeKind.Utc).AddTicks(12_340);
        Assert.True(RecordText.TryParseTime(ByteString.ToBytes(RecordText.Time(time)), out DateTime found));
        Assert.Equal(time, found);
    }

    [Fact]
    public void Attributes_are_trimmed_and_mapped()
    {
        Assert.True(QueueAttribute.TryParse(" notify_flags = 4 "u8, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value));
        Assert.Equal(RecordType.DsnNotify, QueueAttribute.Map(name));
        Assert.Equal("4", ByteString.FromBytes(value));
        Assert.Equal(RecordType.Attribute, QueueAttribute.Map("encoding"u8));
        Assert.False(QueueAttribute.TryParse("nothing"u8, out _, out _));
        Assert.False(QueueAttribute.TryParse("=x"u8, out _, out _));
    }

    private static byte[] Encode(RecordType type, byte[] data)
    {
        byte[] record = new byte[RecordFormat.MaxHeaderLength + data.Length];
        int header = RecordFormat.WriteHeader(record, type, data.Length);
        data.CopyTo(record.AsSpan(header));
        return record[..(header + data.Length)];
    }

    private sealed class PieceStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
