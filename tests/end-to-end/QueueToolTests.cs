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
