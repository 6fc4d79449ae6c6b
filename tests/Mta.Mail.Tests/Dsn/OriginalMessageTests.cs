using Mta.Linux;
using Mta.Mail.Dsn;
using Mta.Mail.Queue;

namespace Mta.Mail.Tests.Dsn;

public sealed class OriginalMessageTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("mta-original-").FullName;
    private readonly QueueDirectory _queue = new(QueueSettings.Default);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_message_that_is_gone_or_a_link_is_left_out_of_its_notice()
    {
        Assert.True(QueueId.TryParse("3F2A04C1D", out QueueId id));
        Assert.Null(OriginalMessage.TryOpen(_queue, _root, id));
        File.CreateSymbolicLink(_queue.PathOf(_root, id), "/etc/passwd");
        Assert.Null(OriginalMessage.TryOpen(_queue, _root, id));
    }

    [Fact]
    public void A_message_that_cannot_be_opened_just_now_is_not_taken_for_gone()
    {
        Assert.True(QueueId.TryParse("3F2A04C1D", out QueueId id));
        File.WriteAllText($"{_root}/file", "");
        Assert.Throws<LinuxException>(() => OriginalMessage.TryOpen(_queue, $"{_root}/file", id));
    }
}
