using Mta.Text;

namespace Mta.Delivery.Tests;

public sealed class MessageHeadTests
{
    private static readonly DateTime Time = new(2026, 11, 2, 3, 4, 5);

    [Fact]
    public void Lines_come_in_order_and_addresses_in_quoted_form() => Assert.Equal(
        "From \"a b\"@c.test  Mon Nov  2 03:04:05 2026\nReturn-Path: <\"a b\"@c.test>\nX-Original-To: o@d.test\nDelivered-To: x@d.test\n",
        ByteString.FromBytes(MessageHead.Build("a b@c.test", Time, "o@d.test", "x@d.test")));

    [Fact]
    public void The_null_sender_is_the_daemon_in_the_from_line_and_empty_in_the_return_path() => Assert.Equal(
        "From MAILER-DAEMON  Mon Nov  2 03:04:05 2026\nReturn-Path: <>\n",
        ByteString.FromBytes(MessageHead.Build("", Time, "", "")));

    [Fact]
    public void A_line_break_in_an_address_begins_no_header() =>
        Assert.DoesNotContain("\nX-Evil", ByteString.FromBytes(MessageHead.Build("a\nX-Evil: b@c", null, "p\r\nX-Evil: q@c", "r\nX-Evil: s@c")));
}
