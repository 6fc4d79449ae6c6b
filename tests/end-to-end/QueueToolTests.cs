namespace Mta.EndToEnd;

/// <summary>The tools that look after a running queue.</summary>
public sealed class QueueToolTests
{
    [Fact]
    public void Deferred_mail_is_listed_shown_held_released_requeued_and_deleted()
    {
        using Instance mta = new Instance(relay: $"{Ports.Free()}").Start();
        string id = mta.Send("s@example.test", "a@far.example", "Subject: listed\n\nbody of it\n");
        Wait.Until(() => mta.IsQueued("deferred", id), "deferred", () => mta.Log);

        string listing = mta.Run("postqueue", ["-c", mta.Etc, "-p"]).MustSucceed().Output;
        Assert.StartsWith("-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n", listing, StringComparison.Ordinal);
        Assert.Contains(id, listing, StringComparison.Ordinal);
        Assert.Contains("Connection refused", listing, StringComparison.Ordinal);
        Assert.EndsWith("in 1 Request.\n", listing, StringComparison.Ordinal);
        Assert.Contains($"\"queue_id\": \"{id}\"", mta.Run("postqueue", ["-c", mta.Etc, "-j"]).MustSucceed().Output, StringComparison.Ordinal);
        Assert.Equal(listing, Shell.Run(Repository.Command("mailq"), ["-C", mta.Etc]).MustSucceed().Output);

        string dump = mta.Run("postcat", ["-c", mta.Etc, "-q", id]).MustSucceed().Output;
        Assert.Contains("sender: s@example.test\n", dump, StringComparison.Ordinal);
        Assert.Contains("body of it\n", dump, StringComparison.Ordinal);

        mta.Run("postsuper", ["-c", mta.Etc, "-h", id]).MustSucceed();
        Assert.True(mta.IsQueued("hold", id));
        Assert.Contains($"{id}!", mta.Run("postqueue", ["-c", mta.Etc, "-p"]).Output, StringComparison.Ordinal);
        mta.Run("postsuper", ["-c", mta.Etc, "-H", "ALL"]).MustSucceed();
        Assert.True(mta.IsQueued("deferred", id));
        mta.Run("postsuper", ["-c", mta.Etc, "-r", "ALL"]).MustSucceed();
        mta.Postfix("flush").MustSucceed();
        mta.WaitForLog("orig_id=" + id);
        Wait.Until(() => mta.QueueFiles() is [var only] && only.Contains("/deferred/", StringComparison.Ordinal), "the requeued message", () => mta.Log);
        mta.Run("postsuper", ["-c", mta.Etc, "-d", "ALL"]).MustSucceed();
        Assert.Empty(mta.QueueFiles());
        Assert.Equal("Mail queue is empty\n", mta.Run("postqueue", ["-c", mta.Etc, "-p"]).MustSucceed().Output);
    }

    /// <summary>A busy client's next queue file is begun before its message.</summary>
    [Fact]
    public void Deleting_all_mail_takes_none_that_comes_after_it()
    {
        using Instance mta = new Instance().Start();
        using SmtpClient client = mta.Connect();
        client.Command("HELO client.example", "250");
        for (int round = 0; round < 5; round++)
        {
            for (int i = 0; i < 3; i++)
            {
                client.SendMessage("s@example.test", [$"{mta.User}@example.test"], "Subject: before\r\n\r\nx");
            }

            mta.Run("postsuper", ["-c", mta.Etc, "-d", "ALL"]).MustSucceed();
            client.SendMessage("s@example.test", [$"{mta.User}@example.test"], $"Subject: after\r\n\r\nafter {round}.");
            mta.WaitForMail(mta.User, $"after {round}.");
        }
    }

    [Fact]
    public void A_message_whose_file_was_removed_is_not_accepted()
    {
        using Instance mta = new Instance().Start();
        using SmtpClient client = mta.Connect();
        client.Command("HELO client.example", "250");
        client.Command("MAIL FROM:<s@example.test>", "250");
        client.Command($"RCPT TO:<{mta.User}@example.test>", "250");
        client.Command("DATA", "354");
        File.Delete(mta.QueueFiles().Single());
        client.Command("Subject: x\r\n\r\nx\r\n.", "451");
        client.SendMessage("s@example.test", [$"{mta.User}@example.test"], "Subject: x\r\n\r\nagain");
        mta.WaitForMail(mta.User, "again");
    }

    [Fact]
    public void A_damaged_queue_file_goes_to_corrupt_and_stops_nobody()
    {
        using Instance mta = new Instance(relay: $"{Ports.Free()}").Start();
        string id = mta.Send("s@example.test", "a@far.example", "Subject: x\n\nx\n");
        Wait.Until(() => mta.IsQueued("deferred", id), "deferred", () => mta.Log);
        string file = mta.QueueFiles().Single();
        byte[] bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, bytes[..(bytes.Length / 2)]);
        mta.Postfix("flush").MustSucceed();
        Wait.Until(() => mta.IsQueued("corrupt", id), "the file in corrupt", () => mta.Log);
        mta.Send("s@example.test", $"{mta.User}@example.test", "Subject: after\n\nafter token\n");
        mta.WaitForMail(mta.User, "after token");
        Assert.Contains(id, mta.Log, StringComparison.Ordinal);
    }
}
