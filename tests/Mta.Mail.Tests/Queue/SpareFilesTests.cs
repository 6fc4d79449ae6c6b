using Mta.Linux;
using Mta.Mail.Queue;

namespace Mta.Mail.Tests.Queue;

public sealed class SpareFilesTests : IDisposable
{
    private const int Places = 2048;
    private readonly string _root = Directory.CreateTempSubdirectory("mta-spare-").FullName;
    private readonly QueueDirectory _queue = new(QueueSettings.Default);
    private readonly SpareFiles _keeper;
    private readonly SpareFiles _taker;

    public SpareFilesTests()
    {
        Directory.CreateDirectory($"{_root}/spare");
        Directory.CreateDirectory($"{_root}/incoming");
        _keeper = new SpareFiles($"{_root}/spare");
        _taker = new SpareFiles($"{_root}/spare");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_file_that_was_kept_comes_back_empty_and_unfinished_as_the_next_message()
    {
        string old = WriteMessage();
        ulong inode = Posix.Lstat(old).Inode;
        Posix.TrySetFileTimes(old, DateTime.UtcNow.AddHours(3));
        Assert.True(_keeper.TryKeep(old));
        Assert.False(File.Exists(old));
        Assert.Equal(0, new FileInfo(Directory.GetFiles($"{_root}/spare").Single()).Length);

        using QueueFileWriter next = QueueFileWriter.Create(_queue, $"{_root}/incoming", _taker);
        next.Write(RecordType.Sender, "new@example.test");
        next.Flush();
        FileStatus status = Posix.Lstat(next.Path);
        Assert.Equal(inode, status.Inode);
        Assert.True(next.Id.TryGetInode(out ulong named));
        Assert.Equal(inode, named);
        Assert.Equal(0x180, status.Permissions);
        Assert.Equal(next.Position, status.Size);
        Assert.True(status.ModifyTime < DateTime.UtcNow.AddMinutes(1));
        Assert.Empty(Directory.GetFiles($"{_root}/spare"));
    }

    [Fact]
    public void Without_a_spare_file_a_new_one_is_made()
    {
        using QueueFileWriter file = QueueFileWriter.Create(_queue, $"{_root}/incoming", _taker);
        Assert.True(File.Exists(file.Path));
        Assert.Single(Directory.GetFiles($"{_root}/incoming"));
    }

    [Fact]
    public void A_file_that_somebody_still_holds_is_left_alone()
    {
        string path = WriteMessage();
        using FileHandle agent = Posix.Open(path, OpenFlags.ReadWrite);
        Assert.True(Posix.Flock(agent, FileLock.Shared, wait: false));
        Assert.False(_keeper.TryKeep(path));
        Assert.True(new FileInfo(path).Length > 0);
        Posix.Flock(agent, FileLock.Release, wait: false);
        Assert.True(_keeper.TryKeep(path));
    }

    [Fact]
    public void A_file_with_another_name_is_left_alone()
    {
        string path = WriteMessage();
        Assert.Equal(0, Posix.TryLink(path, $"{_root}/copy"));
        Assert.False(_keeper.TryKeep(path));
        Assert.True(new FileInfo($"{_root}/copy").Length > 0);
    }

    [Fact]
    public void Links_and_other_things_in_the_ring_are_never_opened_as_message_files()
    {
        string foreign = $"{_root}/foreign";
        File.WriteAllText(foreign, "kept");
        File.CreateSymbolicLink($"{_root}/spare/0", foreign);
        using (QueueFileWriter file = QueueFileWriter.Create(_queue, $"{_root}/incoming", _taker))
        {
            Assert.True(Posix.Lstat(file.Path).IsRegular);
        }

        Assert.Equal(0, Posix.TryLink(foreign, $"{_root}/spare/1"));
        using (QueueFileWriter file = QueueFileWriter.Create(_queue, $"{_root}/incoming", _taker))
        {
            Assert.NotEqual(Posix.Lstat(foreign).Inode, Posix.Lstat(file.Path).Inode);
        }

        Assert.Equal("kept", File.ReadAllText(foreign));

        // They stop nobody: both sides pass them.
        Assert.False(_keeper.TryKeep(WriteMessage()));
        Assert.False(_keeper.TryKeep(WriteMessage()));
        Assert.True(_keeper.TryKeep(WriteMessage()));
        using SpareFile? taken = _taker.TryTake();
        Assert.NotNull(taken);
    }

    [Fact]
    public async Task Whoever_kept_a_file_never_touches_it_again()
    {
        const int Messages = 5_000;
        using var over = new CancellationTokenSource();
        Task keeper = Task.Run(() =>
        {
            for (int i = 0; i < Messages; i++)
            {
                string path = WriteMessage();
                if (!_keeper.TryKeep(path))
                {
                    File.Delete(path);
                }
            }

            over.Cancel();
        });
        int taken = 0;
        while (!over.IsCancellationRequested)
        {
            using QueueFileWriter file = QueueFileWriter.Create(_queue, $"{_root}/incoming", _taker);
            file.Write(RecordType.Sender, "new@example.test");
            file.Flush();
            Thread.Yield();
            Assert.Equal(file.Position, Posix.Fstat(file.File).Size);
            taken++;
        }

        await keeper;
        Assert.True(taken > 0);
    }

    [Fact]
    public void A_full_ring_takes_no_more_until_one_is_taken_out()
    {
        for (int i = 0; i < Places; i++)
        {
            Assert.True(_keeper.TryKeep(WriteMessage()));
        }

        Assert.False(_keeper.TryKeep(WriteMessage()));
        Assert.True(TakeOne(_taker));
        Assert.True(KeepsWithin(Places));
        Assert.False(KeepsWithin(Places));
    }

    [Fact]
    public void A_keeper_that_begins_at_a_full_place_comes_to_where_takers_wait()
    {
        for (int i = 0; i < 3; i++)
        {
            Assert.True(_keeper.TryKeep(WriteMessage()));
            Assert.True(TakeOne(_taker));
        }

        // What is left of an earlier time, where a keeper begins that was restarted.
        File.WriteAllText($"{_root}/spare/0", "");
        SpareFiles restarted = new($"{_root}/spare");
        Assert.False(TakeOne(_taker));
        int made = 0;
        while (!TakeOne(_taker))
        {
            _ = restarted.TryKeep(WriteMessage());
            Assert.InRange(++made, 1, Places);
        }
    }

    [Fact]
    public void After_a_restart_of_either_side_the_two_find_each_other_again()
    {
        for (int i = 0; i < 10; i++)
        {
            Assert.True(_keeper.TryKeep(WriteMessage()));
            Assert.True(TakeOne(_taker));
        }

        SpareFiles restarted = new($"{_root}/spare");
        int taken = 0;
        for (int i = 0; i < 3 * Places; i++)
        {
            string path = WriteMessage();
            _ = _keeper.TryKeep(path);
            taken += TakeOne(restarted) ? 1 : 0;
        }

        Assert.InRange(taken, 3 * Places / 2, 3 * Places);
    }

    [Fact]
    public void No_directory_no_spare_files()
    {
        Directory.Delete($"{_root}/spare");
        string path = WriteMessage();
        Assert.False(_keeper.TryKeep(path));
        Assert.True(File.Exists(path));
        Assert.Null(_taker.TryTake());
    }

    [Fact]
    public void Takers_at_the_same_time_never_get_the_same_file()
    {
        for (int i = 0; i < 100; i++)
        {
            Assert.True(_keeper.TryKeep(WriteMessage()));
        }

        var files = new QueueFileWriter[200];
        Parallel.For(0, files.Length, i => files[i] = QueueFileWriter.Create(_queue, $"{_root}/incoming", _taker));
        Assert.Equal(files.Length, files.Select(static file => Posix.Fstat(file.File).Inode).Distinct().Count());
        foreach (QueueFileWriter file in files)
        {
            file.Dispose();
        }
    }

    [Fact]
    public void A_file_that_was_prepared_is_the_next_one_and_nobody_elses()
    {
        Assert.True(_keeper.TryKeep(WriteMessage()));
        Assert.True(_keeper.TryKeep(WriteMessage()));
        _taker.Prepare();
        _taker.Prepare();
        using SpareFile? other = new SpareFiles($"{_root}/spare").TryTake();
        using SpareFile? prepared = _taker.TryTake();
        Assert.NotNull(other);
        Assert.NotNull(prepared);
        Assert.NotEqual(other.Inode, prepared.Inode);
        Assert.Null(_taker.TryTake());
    }

    [Fact]
    public void What_is_not_as_it_was_kept_is_passed_and_left_as_it_is()
    {
        for (int i = 0; i < 4; i++)
        {
            Assert.True(_keeper.TryKeep(WriteMessage()));
        }

        File.WriteAllText($"{_root}/spare/0", "somebody's");
        File.SetUnixFileMode($"{_root}/spare/1", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using FileHandle holder = Posix.Open($"{_root}/spare/2", OpenFlags.ReadWrite);
        Assert.True(Posix.LockRecord(holder, RecordLock.Exclusive, wait: false));
        using SpareFile? taken = _taker.TryTake();
        Assert.Equal(Posix.Lstat($"{_root}/spare/3").Inode, taken?.Inode);
        Assert.Equal("somebody's", File.ReadAllText($"{_root}/spare/0"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void When_a_prepared_file_was_taken_away_a_new_one_is_made(bool isReplaced)
    {
        Assert.True(_keeper.TryKeep(WriteMessage()));
        _taker.Prepare();
        File.Delete($"{_root}/spare/0");
        if (isReplaced)
        {
            File.WriteAllText($"{_root}/spare/0", "");
        }

        using QueueFileWriter file = QueueFileWriter.Create(_queue, $"{_root}/incoming", _taker);
        file.Write(RecordType.Sender, "new@example.test");
        file.Flush();
        FileStatus status = Posix.Lstat(file.Path);
        Assert.Equal(Posix.Fstat(file.File).Inode, status.Inode);
        Assert.Equal(file.Position, status.Size);
    }

    private bool KeepsWithin(int tries)
    {
        string path = WriteMessage();
        return Enumerable.Range(0, tries).Any(_ => _keeper.TryKeep(path));
    }

    private bool TakeOne(SpareFiles taker)
    {
        using SpareFile? file = taker.TryTake();
        return QueueId.TryParse("3F2A41C0D5E", out QueueId id) && file?.TryRename(_queue, $"{_root}/incoming", id) == 0;
    }

    private string WriteMessage()
    {
        string path = $"{_root}/{Guid.NewGuid()}";
        File.WriteAllText(path, "old@example.test");
        return path;
    }
}
