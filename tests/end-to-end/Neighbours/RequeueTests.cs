namespace Mta.EndToEnd;

/// <summary>
/// A scanner in MailScanner's way: a header check holds all mail, the scanner reads the queue files in hold and puts what
/// is clean into incoming. MailScanner is not in Debian; the program beside this file does the same to the queue.
/// </summary>
public sealed class RequeueTests
{
    [Neighbour("requeueing scanner", "MailScanner's guide for Postfix: header_checks = regexp, /^Received:/ HOLD", "queue files: held mail is read by postcat and by the scanner, written anew into incoming with a header, and delivered", "queue files: the test virus is deleted from hold", "queue files: held mail is sent again by sendmail, held and let go by postsuper -H")]
    [PeerFact("/usr/bin/python3")]
    public void Held_mail_is_scanned_and_put_back_into_the_queue()
    {
        using var mta = new Instance(privileged: true);
        mta.Main["header_checks"] = $"regexp:{mta.Etc}/header_checks";
        File.WriteAllText($"{mta.Etc}/header_checks", "/^Received:/ HOLD\n");
        mta.Start();
        string to = $"{mta.User}@example.test";
        string body = "text\n.\n..dots\nFrom here\n" + new string('x', 5000) + "\n" + string.Concat(Enumerable.Range(1, 3000).Select(static i => $"line {i}\n"));
        string clean = mta.Send("s@elsewhere.test", to, Samples.Plain("s@elsewhere.test", to, "clean-one", body));
        string infected = mta.Send("s@elsewhere.test", to, Samples.Plain("s@elsewhere.test", to, "infected-one", Samples.Eicar));
        string again = mta.Send("s@elsewhere.test", to, Samples.Plain("s@elsewhere.test", to, "resend-one"));
        string none = mta.Send("", to, Samples.Plain("s@elsewhere.test", to, "null-sender"));
        mta.Sendmail(Samples.Plain("s@elsewhere.test", to, "local-one"), "-i", "-f", "s@elsewhere.test", to, "postmaster@example.test").MustSucceed();
        Wait.Until(() => Directory.GetFiles($"{mta.Spool}/hold").Length == 5, "all mail is held", () => mta.Log);
        Assert.All((string[])[clean, infected, again, none], id => Assert.True(mta.IsQueued("hold", id), id));
        Assert.Contains($"{clean}: hold: header Received: from cl.test", mta.Log.Replace("test.example", "cl.test", StringComparison.Ordinal), StringComparison.Ordinal);

        // Held is held: the queue manager does not look there.
        mta.Run("postqueue", ["-c", mta.Etc, "-f"]).MustSucceed();
        string said = Round();
        Assert.Contains($"{infected} deleted", said, StringComparison.Ordinal);
        Assert.Contains($"{again} resent", said, StringComparison.Ordinal);
        Assert.Contains($"{clean} clean ", said, StringComparison.Ordinal);
        string mail = mta.WaitForMail(mta.User, "clean-one");
        Assert.Contains("X-MailScanner: Found to be clean\nReceived: from test.example ", mail, StringComparison.Ordinal);
        Assert.EndsWith("\n\n" + body + "\n", mail, StringComparison.Ordinal);
        Assert.StartsWith("Return-Path: <>\n", mta.WaitForMail(mta.User, "null-sender"), StringComparison.Ordinal);
        mta.WaitForMail(mta.User, "local-one");

        // What came again is held again, under a new name.
        Wait.Until(() => Directory.GetFiles($"{mta.Spool}/hold").Length == 1, "the message that was sent again", () => string.Join('\n', mta.QueueFiles()) + mta.Log);
        string held = Path.GetFileName(Directory.GetFiles($"{mta.Spool}/hold")[0]);
        mta.Run("postsuper", ["-c", mta.Etc, "-H", held]).MustSucceed();
        mta.Run("postqueue", ["-c", mta.Etc, "-f"]).MustSucceed();
        Assert.Contains("X-Scanned: again\n", mta.WaitForMail(mta.User, "resend-one"), StringComparison.Ordinal);
        mta.WaitForEmptyQueue();
        Assert.Null(mta.FindMail(mta.User, "infected-one"));
        Assert.DoesNotContain("corrupt", mta.Log, StringComparison.Ordinal);
        Matrix.Passed();

        string Round() => Shell.Run("/usr/bin/python3", [Path.Combine(Repository.Root, "tests/end-to-end/Neighbours/requeue"), mta.Etc, mta.Commands]).MustSucceed().Output;
    }
}
