using Mta.Linux;
using Mta.Mail.Queue;

namespace Mta.Mail.Tests.Queue;

public sealed class QueueDirectoryTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("mta-queue-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("57669B303E2", 1, "deferred/5/57669B303E2")]
    [InlineData("57669B303E2", 2, "deferred/5/7/57669B303E2")]
    [InlineData("4jX84N0Pvsz1jQSc", 1, "deferred/0/4jX84N0Pvsz1jQSc")]
    [InlineData("AB", 4, "deferred/A/B/_/_/AB")]
    public void Hashed_queues_have_subdirectories(string name, int depth, string path)
    {
        QueueDirectory queue = new(new QueueSettings(["deferred"], depth, LongIds: false));
        QueueId.TryParse(name, out QueueId id);
        Assert.Equal(path, queue.PathOf("deferred", id));
        Assert.Equal("active/" + name, queue.PathOf("active", id));
        Assert.True(queue.IsPlaceOf("deferred", id, path.AsSpan()[..path.LastIndexOf('/')]));
        Assert.True(queue.IsPlaceOf("active", id, "active"));
        foreach (string other in (string[])["deferred", "deferred/Z", "deferred/Z/Z/Z/Z", "active/5", "deferree/5", ""])
        {
            Assert.False(queue.IsPlaceOf("deferred", id, other));
        }
    }

    [Fact]
    public void A_scan_enters_one_character_directories_and_passes_other_names_over()
    {
        string queue = Make("deferred");
        Directory.CreateDirectory($"{queue}/A");
        Directory.CreateDirectory($"{queue}/notahash");
        foreach (string file in (string[])["A/A1", "B2", "12.34", "notahash/C3", "X#FIX"])
        {
            File.WriteAllText($"{queue}/{file}", "");
        }

        string[] found = [.. Queue("none").Scan(queue).Select(static id => id.Value).Order()];

        // A directory with a longer name is a name like any other: whoever looks at it sees that it is no message.
        Assert.Equal(["A1", "B2", "notahash"], found);
    }

    [Fact]
    public void A_directory_tells_the_inode_numbers_and_kinds_of_its_entries()
    {
        string queue = Make("deferred");
        File.WriteAllText($"{queue}/A1", "");
        File.CreateSymbolicLink($"{queue}/B2", "A1");
        Assert.Equal(0, Posix.TryLstat($"{queue}/A1", out FileStatus status));
        QueueEntry[] found = [.. QueueDirectory.ScanEntries(queue).OrderBy(static entry => entry.Name, StringComparer.Ordinal)];
        Assert.Equal([new QueueEntry(queue, "A1", status.Inode, true), found[1] with { Name = "B2", IsRegular = false }], found);
    }

    [Fact]
    public void A_move_makes_the_hash_directory()
    {
        string from = Make("active");
        string to = Make("deferred");
        QueueDirectory queue = Queue(to);
        QueueId.TryParse("57669B303E2", out QueueId id);
        File.WriteAllText($"{from}/{id}", "");

        Assert.Equal(0, queue.TryMove(id, from, to));
        Assert.True(File.Exists($"{to}/5/57669B303E2"));
    }

    [Fact]
    public void A_move_of_what_is_not_there_says_so()
    {
        QueueId.TryParse("57669B303E2", out QueueId id);
        Assert.Equal(Errno.ENOENT, Queue("none").TryMove(id, Make("active"), Make("incoming")));
    }

    [Fact]
    public void A_move_that_has_already_happened_counts_as_done()
    {
        string to = Make("incoming");
        QueueId.TryParse("57669B303E2", out QueueId id);
        File.WriteAllText($"{to}/{id}", "");
        Assert.Equal(0, Queue("none").TryMove(id, Make("active"), to));
    }

    private static QueueDirectory Queue(string hashed) => new(new QueueSettings([hashed], 1, LongIds: false));

    private string Make(string name)
    {
        Directory.CreateDirectory($"{_root}/{name}");
        return $"{_root}/{name}";
    }
}
