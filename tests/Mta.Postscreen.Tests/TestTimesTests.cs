namespace Mta.Postscreen.Tests;

public sealed class TestTimesTests
{
    [Fact]
    public void An_entry_is_read_and_written_in_postfixs_form()
    {
        TestTimes times = TestTimes.Parse("1795392026;1795305686;1;0;5");
        Assert.Equal(1795392026, times[ScreenTest.Pregreet]);
        Assert.Equal(1795305686, times[ScreenTest.Dnsbl]);
        Assert.Equal(1, times[ScreenTest.Pipelining]);
        Assert.Equal(0, times[ScreenTest.NonSmtp]);
        Assert.Equal(5, times[ScreenTest.BareNewline]);
        Assert.Equal("1795392026;1795305686;1;0;5", times.ToString());
        Assert.True(times.IsNew);
        Assert.Equal(1795392026, times.Latest);
    }

    [Theory]
    [InlineData("7", "7;1;1;1;1")]
    [InlineData("", "1;1;1;1;1")]
    [InlineData("7;x;-3; 4;99999999999999999999", "7;1;1;1;1")]
    [InlineData("1;2;3;4;5;6;7", "1;2;3;4;5")]
    public void What_is_missing_or_malformed_was_not_asked_for(string value, string expected) => Assert.Equal(expected, TestTimes.Parse(value).ToString());

    [Fact]
    public void No_entry_is_a_new_client()
    {
        TestTimes times = TestTimes.Parse(null);
        Assert.Equal("0;0;0;0;0", times.ToString());
        Assert.True(times.IsNew);
    }

    [Fact]
    public void A_disabled_test_is_marked_only_where_nothing_is_known()
    {
        TestTimes times = TestTimes.Parse("0;9;0;0;0");
        times.NoteDisabled(ScreenTest.Pregreet);
        times.NoteDisabled(ScreenTest.Dnsbl);
        Assert.Equal("1;9;0;0;0", times.ToString());
    }
}
