using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Text;
using DeliveryStatus = Mta.Mail.Protocols.Dsn;

namespace Mta.Mail.Tests.Queue;

public sealed class BounceLogTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"bouncelog-{Guid.NewGuid():N}");

    [Fact]
    public void An_entry_is_written_as_the_format_says()
    {
        DeliveryRecipient recipient = new("orig@x.example", "foo@def.example", 294, "rfc822;foo@def.example", DsnNotify.Delay);
        string text = ByteString.FromBytes(BounceLog.Format(recipient, new DeliveryStatus("4.7.9", "delayed", "try later"), oldReaders: true, allowUtf8: true));
        Assert.Equal(
            "\n<foo@def.example>: try later\nrecipient=foo@def.example\noriginal_recipient=orig@x.example\noffset=294\n"
            + "dsn_orig_rcpt=rfc822;foo@def.example\nnotify_flags=8\nstatus=4.7.9\naction=delayed\nreason=try later\n\n",
            text);
    }

    [Fact]
    public void Control_characters_cannot_forge_lines()
    {
        DeliveryRecipient recipient = new("", "a\nreason=x@d.test", 0);
        string text = ByteString.FromBytes(BounceLog.Format(recipient, new DeliveryStatus("5.0.0", "failed", "one\ntwo"), oldReaders: false, allowUtf8: true));
        Assert.DoesNotContain("\ntwo", text, StringComparison.Ordinal);
        Assert.Equal("recipient=\"a?reason=x\"@d.test", text.Split('\n')[1]);
    }

    [Fact]
    public void Entries_come_back_as_they_were_appended()
    {
        DeliveryStatus status = new("5.1.1", "failed", "host said: no", "smtp", "550 no", "dns", "mx.test");
        using (FileHandle file = Posix.Open(_path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Append, 0x180))
        {
            BounceLog.Append(file, BounceLog.Format(new DeliveryRecipient("o@x.test", "\"a b\"@x.test", 7, "rfc822;o", DsnNotify.Failure), status, oldReaders: true, allowUtf8: true));
            BounceLog.Append(file, BounceLog.Format(new DeliveryRecipient("", "", 0), new DeliveryStatus("5.0.0", "failed", "x"), oldReaders: false, allowUtf8: true));
        }

        BounceLogEntry[] entries = ReadAll("bounce");
        Assert.Equal(2, entries.Length);
        Assert.Equal(status, entries[0].Status);
        Assert.Equal(("o@x.test", 7L, "rfc822;o", DsnNotify.Failure), (entries[0].OriginalRecipient, entries[0].Offset, entries[0].DsnOriginalRecipient, entries[0].Notify));
        Assert.Equal("<>", entries[1].Recipient);
    }

    [Fact]
    public void The_old_form_is_understood_and_gets_the_defaults_of_its_service()
    {
        File.WriteAllText(_path, "<old@x.test>: gone away\n\n<second@x.test>: too\n");
        BounceLogEntry[] failed = ReadAll("bounce");
        Assert.Equal(["old@x.test", "second@x.test"], failed.Select(entry => entry.Recipient));
        Assert.Equal(("gone away", "5.0.0", "failed"), (failed[0].Status.Reason, failed[0].Status.Status, failed[0].Status.Action));
        Assert.Equal(("4.0.0", "delayed"), (ReadAll("defer")[0].Status.Status, ReadAll("defer")[0].Status.Action));
    }

    [Fact]
    public void Unknown_names_are_passed_over_and_later_lines_win()
    {
        File.WriteAllText(_path, "\nrecipient=a@x.test\nfuture=1\nreason=first\nreason = second\n\n");
        using BounceLogReader reader = new(Posix.Open(_path, OpenFlags.ReadOnly), "bounce");
        Assert.Equal("second", reader.Next()?.Status.Reason);
        Assert.Equal(["future"], reader.UnknownNames);
        Assert.Null(reader.Next());
    }

    public void Dispose() => File.Delete(_path);

    private BounceLogEntry[] ReadAll(string service)
    {
        using BounceLogReader reader = new(Posix.Open(_path, OpenFlags.ReadOnly), service);
        List<BounceLogEntry> entries = [];
        while (reader.Next() is { } entry)
        {
            entries.Add(entry);
        }

        return [.. entries];
    }
}
