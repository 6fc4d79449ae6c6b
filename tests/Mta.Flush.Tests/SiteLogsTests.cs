using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;

namespace Mta.Flush.Tests;

// Queue paths are relative to the working directory, so this class owns it while it runs.
public sealed class SiteLogsTests : IDisposable
{
    private static readonly QueueId First = Id("8D574B202A3");

    private readonly string _folder = Directory.CreateTempSubdirectory("mta-flush").FullName;
    private readonly string _before = Directory.GetCurrentDirectory();
    private readonly QueueDirectory _directory = new(QueueSettings.Default);
    private readonly SiteLogs _logs;

    public SiteLogsTests()
    {
        Directory.SetCurrentDirectory(_folder);
        foreach (string queue in new[] { "flush", "incoming", "deferred/8" })
        {
            Directory.CreateDirectory(queue);
        }

        _logs = new SiteLogs(_directory, "public/qmgr", TimeSpan.FromDays(7), TimeProvider.System);
    }

    [Fact]
    public void A_message_is_noted_under_the_name_of_its_site()
    {
        Assert.Equal(FlushStatus.Ok, _logs.Add("Far.Example", First));
        Assert.Equal(FlushStatus.Ok, _logs.Add("[192.0.2.1]", First));
        Assert.Equal($"{First}\n", File.ReadAllText("flush/far_example"));
        Assert.True(File.Exists("flush/_192_0_2_1_"));
        Assert.Equal(0x180, Posix.Lstat("flush/far_example").Permissions);
    }

    [Fact]
    public void Flushing_a_site_moves_its_mail_to_incoming_and_empties_the_log()
    {
        File.WriteAllText($"deferred/8/{First}", "");
        _logs.Add("far.example", First);
        _logs.Add("far.example", First);
        Assert.Equal(FlushStatus.Ok, _logs.FlushSite("far.example"));
        Assert.True(File.Exists($"incoming/{First}"));
        Assert.Equal("", File.ReadAllText("flush/far_example"));
    }

    [Fact]
    public void A_log_whose_mail_is_gone_keeps_what_it_says()
    {
        _logs.Add("far.example", First);
        Assert.Equal(FlushStatus.Ok, _logs.FlushSite("far.example"));
        Assert.Equal($"{First}\n", File.ReadAllText("flush/far_example"));
    }

    [Fact]
    public void A_site_without_log_has_nothing_to_flush() => Assert.Equal(FlushStatus.Ok, _logs.FlushSite("nobody.example"));

    [Fact]
    public void Flushing_one_message_unthrottles_its_destinations()
    {
        File.WriteAllText($"deferred/8/{First}", "");
        Posix.Chmod($"deferred/8/{First}", 0x1C0);
        Assert.Equal(FlushStatus.Ok, _logs.FlushMessage(First));
        Assert.Equal(0x1C0 | 0x20, Posix.Lstat($"incoming/{First}").Permissions);
    }

    [Fact]
    public void Empty_logs_go_when_they_are_old()
    {
        File.WriteAllText("flush/old", "");
        File.WriteAllText("flush/young", "");
        Assert.Equal(0, Posix.TrySetFileTimes("flush/old", DateTime.UtcNow - TimeSpan.FromDays(8)));
        _logs.FlushAll(TimeSpan.FromHours(12));
        Assert.False(File.Exists("flush/old"));
        Assert.True(File.Exists("flush/young"));
    }

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_before);
        Directory.Delete(_folder, recursive: true);
    }

    private static QueueId Id(string text) => QueueId.TryParse(text, out QueueId id) ? id : default;
}
