using System.Text;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;

namespace Mta.Smtpd.Tests;

/// <summary>What reaches cleanup, and what becomes of its answers.</summary>
[Collection("process-wide state")]
public sealed class SubmissionTests
{
    [Fact]
    public async Task The_envelope_comes_in_the_order_of_the_queue_file()
    {
        SubmittedMessage message = await SendAsync([], "MAIL FROM:<S@b.test> RET=HDRS ENVID=ab+2Bc BODY=8BITMIME", ["RCPT TO:<known@example.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;x+2By@z", "RCPT TO:<root@example.test>"], "Subject: x\r\n\r\nbody\r\n");
        List<string> names = [.. message.Envelope.Select(static record => record.Type == RecordType.Attribute ? record.Data[..record.Data.IndexOf('=', StringComparison.Ordinal)] : record.Type.ToString())];
        Assert.Equal(
            "Time log_ident rewrite_context envelope_id ret_flags Sender encoding log_client_name log_client_address log_client_port log_message_origin log_helo_name log_protocol_name client_name reverse_client_name client_address client_port server_address server_port helo_name protocol_name client_address_type notify_flags dsn_orig_rcpt Recipient dsn_orig_rcpt Recipient",
            string.Join(' ', names));
        Assert.Contains((RecordType.Attribute, "dsn_orig_rcpt=rfc822;x+y@z"), message.Envelope);
        Assert.Contains((RecordType.Attribute, "dsn_orig_rcpt=rfc822;root@example.test"), message.Envelope);
        Assert.Contains((RecordType.Attribute, "envelope_id=ab+c"), message.Envelope);
        string[] lines = message.Content.Split('\n');
        Assert.Equal("Received: from client.test (localhost [127.0.0.1])", lines[0]);
        Assert.StartsWith("\tby mx.example.net (Postfix) with ESMTP id ABCDE", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(";", lines[1], StringComparison.Ordinal);
        Assert.Equal("Subject: x", lines[3]);
    }

    [Fact]
    public async Task One_recipient_is_named_in_the_trace_field()
    {
        SubmittedMessage message = await SendAsync([], "MAIL FROM:<>", ["RCPT TO:<\"known\"@example.test>"], "x\r\n");
        Assert.StartsWith("\tfor <known@example.test>; ", message.Content.Split('\n')[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_tables_ask_for_reaches_the_queue()
    {
        SubmittedMessage message = await SendAsync(
            [("smtpd_sender_restrictions", "check_sender_access inline:{{a@b.test = strict}}"), ("smtpd_restriction_classes", "strict"), ("strict", "check_helo_access static:{PREPEND X-A: b}, check_client_access static:HOLD, check_sender_access static:{FILTER smtp:there}, check_sender_access static:{REDIRECT r@d.test}, check_sender_access static:{BCC b@d.test}")],
            "MAIL FROM:<a@b.test>",
            ["RCPT TO:<known@example.test>"],
            "x\r\n");
        Assert.Contains((RecordType.Flags, "4"), message.Envelope);
        Assert.Contains((RecordType.Filter, "smtp:there"), message.Envelope);
        Assert.Contains((RecordType.Redirect, "r@d.test"), message.Envelope);
        Assert.Equal(["known@example.test", "b@d.test"], message.Recipients);
        Assert.StartsWith("X-A: b\nReceived: ", message.Content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CleanupStatus.Write, "", "451 4.3.0 Error: queue file write error")]
    [InlineData(CleanupStatus.Hops, "", "554 5.4.0 Error: too many hops")]
    [InlineData(CleanupStatus.Size, "", "552 5.3.4 Error: message file too big")]
    [InlineData(CleanupStatus.Content, "5.7.1 virus", "550 5.7.1 virus")]
    [InlineData(CleanupStatus.Content, "", "550 5.7.1 Error: message content rejected")]
    [InlineData(CleanupStatus.Defer, "4.7.1 later", "451 4.7.1 later")]
    [InlineData(CleanupStatus.Content, "554 5.7.9 whole reply", "554 5.7.9 whole reply")]
    [InlineData(CleanupStatus.Bad, "", "451 4.3.0 Error: internal error 1")]
    public async Task Every_answer_of_cleanup_has_its_reply(object status, string reason, string expected)
    {
        InProcessServer.Services.Result = new CleanupResult((CleanupStatus)status, reason);
        try
        {
            (string reply, _) = await TalkAsync([], "MAIL FROM:<a@b.test>", ["RCPT TO:<known@example.test>"], "x\r\n");
            Assert.Equal(expected, reply);
        }
        finally
        {
            InProcessServer.Services.Result = new CleanupResult(CleanupStatus.Ok, "");
        }
    }

    private static async Task<SubmittedMessage> SendAsync((string, string)[] settings, string mail, string[] recipients, string content)
    {
        (string reply, SubmittedMessage? message) = await TalkAsync(settings, mail, recipients, content);
        Assert.StartsWith("250 2.0.0 Ok: queued as ", reply, StringComparison.Ordinal);
        return message!; // accepted, so it came
    }

    private static async Task<(string Reply, SubmittedMessage? Message)> TalkAsync((string, string)[] settings, string mail, string[] recipients, string content)
    {
        InProcessServer.Services.Messages.Clear();
        (Stream client, Task session) = new InProcessServer(settings).Connect();
        string last = "";
        using (var reader = new StreamReader(client, Encoding.Latin1))
        {
            await ReadAsync();
            foreach (string line in (string[])["EHLO client.test", mail, .. recipients, "DATA"])
            {
                await client.WriteAsync(Encoding.Latin1.GetBytes(line + "\r\n"));
                Assert.True(await ReadAsync() is '2' or '3', $"{line}: {last}");
            }

            await client.WriteAsync(Encoding.Latin1.GetBytes(content + ".\r\n"));
            await ReadAsync();

            async Task<char> ReadAsync()
            {
                do
                {
                    last = await reader.ReadLineAsync() ?? "(closed)";
                }
                while (last.Length > 3 && last[3] == '-');

                return last[0];
            }
        }

        await session.WaitAsync(TimeSpan.FromSeconds(20));
        InProcessServer.Services.Messages.TryDequeue(out SubmittedMessage? message);
        return (last, message);
    }
}
