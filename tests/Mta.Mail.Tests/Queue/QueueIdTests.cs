using Mta.Mail.Queue;

namespace Mta.Mail.Tests.Queue;

public sealed class QueueIdTests
{
    [Fact]
    public void A_short_name_is_microseconds_and_inode_in_hexadecimal() =>
        Assert.Equal("57669B303E2", QueueId.Create(DateTime.UnixEpoch.AddTicks(0x57669 * TimeSpan.TicksPerMicrosecond), 0xB303E2, longForm: false).Value);

    [Fact]
    public void Microseconds_are_padded_to_five_digits() =>
        Assert.Equal("00001A", QueueId.Create(DateTime.UnixEpoch.AddTicks(TimeSpan.TicksPerMicrosecond), 0xA, longForm: false).Value);

    [Fact]
    public void A_long_name_holds_seconds_microseconds_and_inode()
    {
        DateTime time = DateTime.UnixEpoch.AddSeconds(1_795_304_804).AddTicks(59_273 * TimeSpan.TicksPerMicrosecond);
        Assert.Equal("4jX84N0Pvsz1jQSc", QueueId.Create(time, 11_731_766, longForm: true).Value);
    }

    [Theory]
    [InlineData("4jX84N0Pvsz1jQSc", true)]
    [InlineData("57669B303E2", false)]
    [InlineData("zzzzzzzzzz", false)]
    [InlineData("zzzzzzzzzzz", true)]
    public void A_name_is_long_when_its_last_z_is_at_index_10_or_later(string name, bool isLong)
    {
        Assert.True(QueueId.TryParse(name, out QueueId id));
        Assert.Equal(isLong, id.IsLong);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12.34")]
    [InlineData("12/34")]
    [InlineData("ABC#FIX")]
    [InlineData("..")]
    public void Other_names_are_refused(string name) => Assert.False(QueueId.TryParse(name, out _));

    [Fact]
    public void A_name_of_256_characters_is_refused()
    {
        Assert.True(QueueId.TryParse(new string('A', 255), out _));
        Assert.False(QueueId.TryParse(new string('A', 256), out _));
    }

    [Theory]
    [InlineData("57669B303E2", 0xB303E2UL)]
    [InlineData("4jX84N0Pvsz1jQSc", 11_731_766UL)]
    public void The_inode_can_be_read_back(string name, ulong inode)
    {
        QueueId.TryParse(name, out QueueId id);
        Assert.True(id.TryGetInode(out ulong found));
        Assert.Equal(inode, found);
    }

    [Fact]
    public void A_long_name_becomes_a_short_one_where_long_names_are_off()
    {
        QueueId.TryParse("4jX84N0Pvsz1jQSc", out QueueId id);
        Assert.Equal("0E789B30336", id.WithInode(0xB30336, longForm: false).Value);
        Assert.Equal("4jX84N0Pvsz1jQSc", id.WithInode(11_731_766, longForm: true).Value);
    }
}
