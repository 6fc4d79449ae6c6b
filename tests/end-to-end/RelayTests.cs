namespace Mta.EndToEnd;

/// <summary>Mail goes out: relayed, deferred and tried again, or returned to its sender.</summary>
public sealed class RelayTests
{
    [Fact]
    public void Several_recipients_travel_in_one_transaction()
    {
        using var sink = new SmtpSink();
        using Instance mta = new Instance(relay: $"{sink.Port}").Start();
        using (SmtpClient client = mta.Connect())
        {
            client.Command("EHLO test", "250");
            string reply = client.SendMessage("s@example.test", ["a@far.example", "b@far.example", "c@far.example"], "Subject: many\n\nmany token\n.\n..x\n");
            Assert.StartsWith("250", reply, StringComparison.Ordinal);
        }

        Received received = sink.WaitFor("many token", () => mta.Log);
        Assert.Equal(["a@far.example", "b@far.example", "c@far.example"], received.Recipients.Order());
        Assert.Equal("s@example.test", received.Sender);
        Assert.EndsWith("many token\n.\n..x\n", received.Content, StringComparison.Ordinal);
        mta.WaitForEmptyQueue();
    }

    [Fact]
    public void Each_recipient_gets_its_own_result_and_the_sender_hears_of_failures()
    {
        using var sink = new SmtpSink();
        sink.Answer = line => line.Contains("bad@", StringComparison.Ordinal) ? "550 5.1.1 no such user"
            : line.Contains("later@", StringComparison.Ordinal) ? "450 4.2.1 mailbox busy" : null;
        using Instance mta = new Instance(relay: $"{sink.Port}").Start();
        string sender = $"{mta.User}@example.test";
        string reply;
        using (SmtpClient client = mta.Connect())
        {
            client.Command("EHLO test", "250");
            reply = client.SendMessage(sender, ["good@far.example", "bad@far.example", "later@far.example"], "Subject: mixed\n\nmixed token\n");
        }

        string id = reply["250 2.0.0 Ok: queued as ".Length..];
        Assert.Equal(["good@far.example"], sink.WaitFor("mixed token", () => mta.Log).Recipients);
        string notice = mta.WaitForMail(mta.User, "Undelivered Mail Returned to Sender");
        Assert.Contains("Final-Recipient: rfc822; bad@far.example", notice, StringComparison.Ordinal);
        Assert.Contains("Status: 5.1.1", notice, StringComparison.Ordinal);
        Assert.DoesNotContain("later@", notice, StringComparison.Ordinal);
        Wait.Until(() => mta.IsQueued("deferred", id), "the message in deferred", () => mta.Log);
        mta.WaitForLog("status=deferred (host 127.0.0.1[127.0.0.1] said: 450 4.2.1 mailbox busy (in reply to RCPT TO command))");
        sink.Answer = _ => null;
        mta.Postfix("flush").MustSucceed();
        Wait.Until(() => sink.Messages.Any(m => m.Recipients.SequenceEqual(["later@far.example"])), "the retry", () => mta.Log);
        mta.WaitForEmptyQueue();
        Assert.Single(sink.Messages, m => m.Recipients.Contains("good@far.example"));
    }

    [Fact]
    public void A_dead_destination_defers_and_comes_back()
    {
        int port = Ports.Free();
        using Instance mta = new Instance(relay: $"{port}").Start();
        string id = mta.Send("s@example.test", "a@far.example", "Subject: dead\n\ndead token\n");
        mta.WaitForLog($"connect to 127.0.0.1[127.0.0.1]:{port}: Connection refused");
        Wait.Until(() => mta.IsQueued("deferred", id), "the message in deferred", () => mta.Log);
    }

    [Fact]
    public void Connections_are_reused()
    {
        using var sink = new SmtpSink();
        using Instance mta = new Instance(relay: $"{sink.Port}").Start();
        Parallel.For(0, 10, worker =>
        {
            using SmtpClient client = mta.Connect();
            client.Command("EHLO test", "250");
            for (int i = 0; i < 30; i++)
            {
                Assert.StartsWith("250", client.SendMessage("s@example.test", [$"r{worker}-{i}@far.example"], $"Subject: {i}\n\nreuse {i}.\n"), StringComparison.Ordinal);
            }
        });

        Wait.Until(() => sink.Messages.Count == 300, "300 messages", () => mta.Log);
        Assert.True(sink.Sessions < 300, $"got {sink.Sessions} connections for 300 messages, want fewer");
        Assert.Contains("conn_use=", mta.Log, StringComparison.Ordinal);
    }
}
