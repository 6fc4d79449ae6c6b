using Mta.Config;
using Mta.Linux;
using Mta.Mail.Dsn;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using DeliveryStatus = Mta.Mail.Protocols.Dsn;

namespace Mta.Bounce.Tests;

/// <summary>Who gets which notice, and what remains of the logs.</summary>
[Collection("current directory")]
public sealed class NotificationTests : IDisposable
{
    private const string Postmaster = "pm@example.test";
    private readonly string _directory = Directory.CreateTempSubdirectory("bounce").FullName;
    private readonly string _before = Directory.GetCurrentDirectory();
    private readonly CleanupDouble _cleanup;
    private readonly LogStore _logs;
    private readonly QueueId _id;
    private BounceSettings _settings = new() { DoubleBounceSender = "double-bounce@mta.test", NotifyClasses = [], BounceNoticeRecipient = Postmaster };

    public NotificationTests()
    {
        // Queue paths are relative to the queue directory.
        Directory.SetCurrentDirectory(_directory);
        foreach (string name in (string[])["bounce", "active", "public"])
        {
            Directory.CreateDirectory(name);
        }

        _cleanup = new CleanupDouble(Path.Combine(_directory, "public"));
        _logs = new LogStore(Queues, "bounce", _settings);
        Assert.True(QueueId.TryParse("ABC123", out _id));
    }

    private static QueueDirectory Queues { get; } = new(QueueSettings.Default);

    [Fact]
    public async Task The_sender_hears_of_recipients_that_failed_and_the_log_goes()
    {
        await AppendAsync("one@x.test");
        await AppendAsync("quiet@x.test", DsnNotify.Never);
        await AppendAsync("two@x.test", DsnNotify.Failure);
        Assert.Equal(0, await Notifications().ReturnAsync(Request("from@y.test"), _id, default));

        TakenMessage notice = Assert.Single(_cleanup.Messages);
        Assert.Equal(("", "from@y.test", CleanupFlags.Map), (notice.Sender, notice.Recipient, notice.Flags));
        Assert.Contains("<one@x.test>: no such user", notice.Lines);
        Assert.Contains("Final-Recipient: rfc822; two@x.test", notice.Lines);
        Assert.DoesNotContain("quiet", notice.Text, StringComparison.Ordinal);
        Assert.False(_logs.Exists(_id));
    }

    [Fact]
    public async Task A_notice_that_is_not_accepted_leaves_the_log()
    {
        await AppendAsync("one@x.test");
        _cleanup.Answer = CleanupStatus.Write;
        Assert.Equal((int)CleanupStatus.Write, await Notifications().ReturnAsync(Request("from@y.test"), _id, default));
        Assert.True(_logs.Exists(_id));
    }

    [Fact]
    public async Task A_log_that_cannot_be_opened_is_no_log_without_entries()
    {
        await AppendAsync("one@x.test");
        File.Move("bounce/ABC123", "kept");
        File.CreateSymbolicLink("bounce/ABC123", Path.Combine(_directory, "kept"));
        await Assert.ThrowsAsync<LinuxException>(async () => await Notifications().ReturnAsync(Request("from@y.test"), _id, default));
        Assert.Empty(_cleanup.Messages);
        Assert.True(_logs.Exists(_id));
    }

    [Fact]
    public async Task When_nobody_is_to_be_reported_there_is_no_notice()
    {
        await AppendAsync("quiet@x.test", DsnNotify.Never);
        Assert.Equal(0, await Notifications().ReturnAsync(Request("from@y.test"), _id, default));
        Assert.Empty(_cleanup.Messages);
        Assert.False(_logs.Exists(_id));
    }

    [Fact]
    public async Task The_postmaster_copy_holds_all_recipients_and_no_template_text()
    {
        _settings = _settings with { NotifyClasses = ["bounce"] };
        await AppendAsync("one@x.test", DsnNotify.Never);
        await AppendAsync("two@x.test");
        Assert.Equal(0, await Notifications().ReturnAsync(Request("from@y.test"), _id, default));

        Assert.Equal(2, _cleanup.Messages.Count);
        TakenMessage copy = _cleanup.Messages[1];
        Assert.Equal((_settings.DoubleBounceSender, Postmaster), (copy.Sender, copy.Recipient));
        Assert.Contains("<one@x.test>: no such user", copy.Lines);
        Assert.Contains("Auto-Submitted: auto-generated", copy.Lines);
        Assert.DoesNotContain("The mail system", copy.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mail_from_the_null_sender_is_not_answered()
    {
        await AppendAsync("one@x.test");
        Assert.Equal(0, await Notifications().ReturnAsync(Request(""), _id, default));
        Assert.Empty(_cleanup.Messages);
        Assert.False(_logs.Exists(_id));
    }

    [Fact]
    public async Task A_double_bounce_goes_to_the_postmaster_alone()
    {
        _settings = _settings with { NotifyClasses = ["2bounce"], DoubleBounceNoticeRecipient = "pm2@example.test" };
        await AppendAsync("one@x.test");
        Assert.Equal(0, await Notifications().ReturnAsync(Request(""), _id, default));
        TakenMessage notice = Assert.Single(_cleanup.Messages);
        Assert.Equal((_settings.DoubleBounceSender, "pm2@example.test"), (notice.Sender, notice.Recipient));
        Assert.Contains("Auto-Submitted: auto-generated", notice.Lines);
    }

    [Fact]
    public async Task What_comes_back_to_the_double_bounce_sender_is_discarded()
    {
        _settings = _settings with { NotifyClasses = ["bounce", "2bounce"] };
        await AppendAsync("one@x.test");
        Assert.Equal(0, await Notifications().ReturnAsync(Request("Double-Bounce@mta.test"), _id, default));
        Assert.Empty(_cleanup.Messages);
        Assert.False(_logs.Exists(_id));
    }

    [Fact]
    public async Task A_delay_notice_keeps_the_log()
    {
        await AppendAsync("one@x.test", DsnNotify.Delay);
        await AppendAsync("two@x.test", DsnNotify.Failure);
        Assert.Equal(0, await Notifications().WarnAsync(Request("from@y.test"), _id, default));
        TakenMessage notice = Assert.Single(_cleanup.Messages);
        Assert.Contains("Subject: Delayed Mail (still being retried)", notice.Lines);
        Assert.DoesNotContain("two@x.test", notice.Text, StringComparison.Ordinal);
        Assert.True(_logs.Exists(_id));
    }

    [Fact]
    public async Task Without_a_log_the_notice_says_so()
    {
        Assert.Equal(0, await Notifications().ReturnAsync(Request("from@y.test"), _id, default));
        TakenMessage notice = Assert.Single(_cleanup.Messages);
        Assert.Contains("\t--- Delivery report unavailable ---", notice.Lines);
        Assert.Contains("\t--- Undelivered message unavailable ---", notice.Lines);
        Assert.DoesNotContain("--ABC123.", notice.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verp_notices_name_their_recipient()
    {
        await AppendAsync("one@x.test");
        await AppendAsync("quiet@x.test", DsnNotify.Never);
        await AppendAsync("a b@x.test");
        BounceRequest request = Request("list@y.test");
        request.VerpDelimiters = "+=";
        Assert.Equal(0, await Notifications().ReturnVerpAsync(request, _id, default));
        Assert.Equal(["list+one=x.test@y.test", "list+\"a b\"=x.test@y.test"], _cleanup.Messages.Select(message => message.Recipient));
    }

    [Fact]
    public async Task A_success_report_goes_with_its_log()
    {
        Assert.Equal(0, await Notifications().ReportAsync(Request("from@y.test"), _id, default));
        Assert.Empty(_cleanup.Messages);
        await AppendAsync("one@x.test");
        Assert.Equal(0, await Notifications().ReportAsync(Request("from@y.test"), _id, default));
        Assert.Contains("Subject: Successful Mail Delivery Report", Assert.Single(_cleanup.Messages).Lines);
        Assert.False(_logs.Exists(_id));
    }

    [Fact]
    public async Task Many_appends_at_once_leave_whole_entries()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => AppendAsync($"r{i}@x.test")));
        Assert.Equal(50, _logs.Read(_id, DsnNotify.None).Select(entry => entry.Recipient).Distinct().Count());
    }

    [Fact]
    public async Task A_log_that_another_process_keeps_locked_is_given_up_after_a_while()
    {
        await AppendAsync("one@x.test");
        using LogStore impatient = new(Queues, "bounce", _settings with { LockAttempts = 2, LockDelay = TimeSpan.FromMilliseconds(1) });
        using FileHandle other = Posix.Open("bounce/ABC123", OpenFlags.ReadWrite);
        Assert.True(Posix.Flock(other, FileLock.Exclusive, wait: false));
        await Assert.ThrowsAsync<TimeoutException>(async () =>
            await impatient.AppendAsync(_id, new DeliveryRecipient("", "x@x.test", 0), new DeliveryStatus("5.0.0", "failed", "x"), default));
    }

    public void Dispose()
    {
        _cleanup.Dispose();
        _logs.Dispose();
        Directory.SetCurrentDirectory(_before);
        Directory.Delete(_directory, recursive: true);
    }

    // RFC 8689 §5: what must not pass in the clear is not sent back where nobody has asked the next server for it.
    [Theory]
    [InlineData("", SendOptions.RequireTls, true, false)]
    [InlineData("requiretls_enable = yes", SendOptions.RequireTls, false, false)]
    [InlineData("requiretls_enable = yes\nrequiretls_redact_dsn = no", SendOptions.RequireTls, true, true)]
    [InlineData("requiretls_enable = yes\nrequiretls_redact_dsn = no", 0, true, false)]
    [InlineData("requiretls_enable = yes", 0, true, false)]
    public async Task A_message_that_requires_tls_comes_back_without_its_body_or_requires_it_again(string mainCf, int options, bool hasBody, bool requires)
    {
        _settings = BounceSettings.From(Configuration.FromText($"myhostname = mta.test\n{mainCf}\n"));
        WriteMessage();
        await AppendAsync("one@x.test");
        Assert.Equal(0, await Notifications().ReturnAsync(new BounceRequest { QueueName = "active", QueueId = "ABC123", Sender = "from@y.test", SmtpUtf8 = options }, _id, default));
        TakenMessage notice = Assert.Single(_cleanup.Messages, static one => one.Recipient == "from@y.test");
        Assert.Equal((hasBody, requires), (notice.Lines.Contains("the body"), (notice.Flags & CleanupFlags.RequireTls) != 0));
        Assert.Contains("Subject: secret", notice.Lines);
    }

    private void WriteMessage()
    {
        using QueueFileWriter file = QueueFileWriter.Create(Queues, "active");
        file.WriteSize(default);
        file.Write(RecordType.Time, "1600000000 5");
        file.Write(RecordType.Sender, "from@y.test");
        file.Write(RecordType.Recipient, "one@x.test");
        file.Write(RecordType.Message);
        long start = file.Position;
        file.Write(RecordType.Text, "Subject: secret");
        file.Write(RecordType.Text);
        file.Write(RecordType.Text, "the body");
        long size = file.Position - start;
        file.Write(RecordType.Extracted);
        file.Write(RecordType.End);
        file.WriteSize(new SizeRecord(size, start, 1, 0, size, 0));
        file.Complete();
        File.Move(file.Path, "active/ABC123");
    }

    private static BounceRequest Request(string sender) => new() { QueueName = "active", QueueId = "ABC123", Sender = sender };

    private Task AppendAsync(string recipient, DsnNotify notify = DsnNotify.None) =>
        _logs.AppendAsync(_id, new DeliveryRecipient("", recipient, 0, "", notify), new DeliveryStatus("5.1.1", "failed", "no such user"), default).AsTask();

    private Notifications Notifications()
    {
        Configuration configuration = Configuration.FromText("myhostname = mta.test\nmail_name = Postfix\n");
        NoticeSettings notices = NoticeSettings.From(configuration);
        NoticeSender sender = new(
            new CleanupClient { ConnectAttempts = 1 },
            new NoticeComposer(notices, TimeProvider.System),
            new Lazy<NoticeTemplates>(NoticeTemplates.BuiltIn(isStandardFrom: true)),
            new NoticeTemplateText(configuration, static _ => { }),
            notices,
            _settings);
        return new Notifications(Queues, _logs, sender, _settings, TimeProvider.System);
    }
}
