namespace Mta.EndToEnd;

/// <summary>Only CRLF.CRLF ends a message from a stranger: nothing can be smuggled in behind another end of data.</summary>
public sealed class SmugglingTests
{
    [Theory]
    [InlineData("\n.\n")]
    [InlineData("\n.\r\n")]
    [InlineData("\r\n.\n")]
    [InlineData("\r.\r\n")]
    [InlineData("\r\n.\r")]
    [InlineData("\r.\r")]
    [InlineData("\n\n.\r\n")]
    [InlineData("\r\n\0.\r\n")]
    public void A_forged_end_of_data_smuggles_no_second_message(string end)
    {
        using var sink = new SmtpSink();
        using var mta = new Instance(relay: $"{sink.Port}");
        // A stranger is not in mynetworks; what he may send to is the relay domain.
        mta.Main["mynetworks"] = "192.0.2.0/24";
        mta.Main["relay_domains"] = "far.example";
        mta.Start();
        using (SmtpClient client = mta.Connect())
        {
            client.Command("EHLO test", "250");
            client.Command("MAIL FROM:<s@good.example>", "250");
            client.Command("RCPT TO:<a@far.example>", "250");
            client.Command("DATA", "354");
            client.SendRaw("Subject: first\r\n\r\nfirst body" + end + "MAIL FROM:<evil@bad.example>\r\nRCPT TO:<b@far.example>\r\nDATA\r\nSubject: smuggled\r\n\r\nsmuggled body\r\n.\r\n");
            client.ReadReply();
            try
            {
                client.SendRaw("QUIT\r\n");
                client.ReadReply();
            }
            catch (IOException)
            {
                // A server that hung up is right as well.
            }
        }

        // One more message marks the end: whatever was to come has come by then.
        mta.Send("s@good.example", "end@far.example", "Subject: end\n\nend token\n");
        sink.WaitFor("end token", () => mta.Log);
        Assert.DoesNotContain(sink.Messages, message => message.Sender == "evil@bad.example");
        mta.WaitForEmptyQueue();
        Assert.True(sink.Messages.Count <= 2, $"got {sink.Messages.Count} messages, want at most 2");
    }
}
