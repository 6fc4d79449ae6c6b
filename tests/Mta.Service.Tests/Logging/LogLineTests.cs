using Mta.Service.Logging;
using Mta.Text;

namespace Mta.Service.Tests.Logging;

public sealed class LogLineTests
{
    private static string Text(LogSeverity severity, string text, bool allowUtf8 = true)
    {
        byte[] line = new byte[LogLine.MaxLine];
        return ByteString.FromBytes(line.AsSpan(0, LogLine.WriteText(line, severity, text, allowUtf8)));
    }

    [Theory]
    [InlineData(LogSeverity.Info, "x")]
    [InlineData(LogSeverity.Warning, "warning: x")]
    [InlineData(LogSeverity.Error, "error: x")]
    [InlineData(LogSeverity.Fatal, "fatal: x")]
    [InlineData(LogSeverity.Panic, "panic: x")]
    public void Severity_is_a_label(LogSeverity severity, string line) => Assert.Equal(line, Text(severity, "x"));

    [Fact]
    public void Control_bytes_become_question_marks() =>
        Assert.Equal("a?b?c?d?e", Text(LogSeverity.Info, "a\rb\nc\0d\u001be"));

    [Fact]
    public void Valid_utf8_is_kept_where_it_is_allowed()
    {
        string text = ByteString.FromUnicode("h\u00e9");
        Assert.Equal(text, Text(LogSeverity.Info, text));
        Assert.Equal("h??", Text(LogSeverity.Info, text, allowUtf8: false));
    }

    [Fact]
    public void Bytes_that_are_no_utf8_become_question_marks() => Assert.Equal("h?", Text(LogSeverity.Info, "h\u00e9"));

    [Fact]
    public void Text_is_cut_at_2000_bytes_with_its_label() =>
        Assert.Equal(2000, Text(LogSeverity.Warning, new string('x', 5000)).Length);

    [Fact]
    public void Stamp_pads_the_day_with_zero_in_a_file_and_with_a_blank_in_syslog()
    {
        LogLine line = new(new FixedTime(new DateTimeOffset(2026, 11, 2, 3, 4, 5, TimeSpan.Zero)));
        byte[] stamp = new byte[15];
        line.WriteStamp(stamp, padWithBlank: false);
        Assert.Equal("Nov 02 03:04:05", ByteString.FromBytes(stamp));
        line.WriteStamp(stamp, padWithBlank: true);
        Assert.Equal("Nov  2 03:04:05", ByteString.FromBytes(stamp));
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => now;
    }
}
