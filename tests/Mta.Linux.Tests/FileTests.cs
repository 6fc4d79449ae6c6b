namespace Mta.Linux.Tests;

public sealed class FileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mta").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Two_opens_of_one_file_exclude_each_other_within_a_process()
    {
        using FileHandle first = Posix.Open($"{_directory}/f", OpenFlags.ReadWrite | OpenFlags.Create, 0x180);
        using FileHandle second = Posix.Open($"{_directory}/f", OpenFlags.ReadWrite);
        Assert.True(Posix.LockRecord(first, RecordLock.Exclusive, wait: false));
        Assert.False(Posix.LockRecord(second, RecordLock.Exclusive, wait: false));
        Posix.LockRecord(first, RecordLock.Release, wait: false);
        Assert.True(Posix.LockRecord(second, RecordLock.Exclusive, wait: false));
        Assert.True(Posix.Flock(first, FileLock.Exclusive, wait: false));
        Assert.False(Posix.Flock(second, FileLock.Exclusive, wait: false));
    }

    [Fact]
    public void Links_are_read_as_bytes_and_not_followed_on_demand()
    {
        File.CreateSymbolicLink($"{_directory}/l", "/etc/\u00fc");
        Assert.Equal(0, Posix.TryReadlink($"{_directory}/l", out string target));
        Assert.Equal("/etc/\u00c3\u00bc", target);
        Assert.Equal(Errno.ELOOP, Posix.TryOpen($"{_directory}/l", OpenFlags.ReadOnly | OpenFlags.NoFollow, 0, out _));
    }

    [Fact]
    public void Directories_are_listed_without_dots_and_a_missing_one_is_an_error()
    {
        Posix.Mkdir($"{_directory}/a", 0x1C0);
        Assert.Equal(0, Posix.TryMkfifo($"{_directory}/b", 0x180));
        Assert.Equal(["a", "b"], Posix.ListDirectory(_directory).Order());
        Assert.True(Posix.Stat($"{_directory}/b").IsFifo);
        Assert.Equal(0, Posix.TryRmdir($"{_directory}/a"));
        Assert.Equal(Errno.ENOENT, DirectoryStream.TryOpen($"{_directory}/none", out _));
    }

    [Fact]
    public void Room_on_the_file_system_is_told()
    {
        Assert.InRange(Posix.FreeBytesOf(_directory), 1, long.MaxValue - 1);
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => Posix.FreeBytesOf($"{_directory}/none")).Errno);
    }

    [Fact]
    public void Pipes_tell_what_waits_in_them()
    {
        (FileHandle reader, FileHandle writer) = Posix.Pipe(nonBlocking: true);
        using (reader)
        using (writer)
        {
            byte[] buffer = new byte[8];
            Assert.Equal(-1, Posix.Read(reader, buffer));
            Posix.WriteAll(writer, "abc"u8);
            Assert.Equal(3, Posix.BytesWaiting(reader));
        }
    }

    [Fact]
    public void A_file_in_memory_has_no_name()
    {
        using FileHandle file = Posix.MemoryFile("test");
        Posix.PwriteAll(file, "1"u8, 0);
        byte[] buffer = new byte[1];
        Assert.Equal(1, Posix.Pread(file, buffer, 0));
        Assert.Equal(0u, Posix.Fstat(file).Links);
    }

    [Fact]
    public void Duplicates_stand_above_the_minimum_and_are_close_on_exec()
    {
        using FileHandle file = Posix.Open("/dev/null", OpenFlags.ReadOnly);
        using FileHandle copy = Posix.Duplicate(file, 50);
        Assert.True(copy.Descriptor >= 50);
    }
}
