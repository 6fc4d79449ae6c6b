using Mta.Linux;
using Mta.Mail.Protocols;

namespace Mta.Mail.Tests.Protocols;

public sealed class TriggerSenderTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mta-trigger-").FullName;
    private readonly FileHandle _listener;

    public TriggerSenderTests() => _listener = UnixSocket.Listen(Path, 10);

    private string Path => $"{_directory}/socket";

    [Fact]
    public void A_service_that_keeps_the_connection_gets_all_over_it()
    {
        TriggerSender sender = new(Path);
        Assert.Equal(0, sender.TrySend((byte)'W'));
        using FileHandle connection = Accept();
        Assert.Equal("W\0\0", Read(connection));
        Assert.Equal(0, Posix.TrySend(connection, [TriggerProtocol.StaysOpen]));

        Assert.Equal(0, sender.TrySend((byte)'I'));
        Assert.Equal(0, sender.TrySend((byte)'D'));

        Assert.Equal("I\0D\0", Read(connection));
        Assert.Equal(Errno.EAGAIN, Posix.TryAccept(_listener, out _));
    }

    [Fact]
    public void A_service_that_says_nothing_gets_a_connection_for_each()
    {
        TriggerSender sender = new(Path);
        foreach (char request in "WID")
        {
            Assert.Equal(0, sender.TrySend((byte)request));
            using FileHandle connection = Accept();
            Assert.Equal($"{request}\0\0", Read(connection));
        }
    }

    [Fact]
    public void A_connection_that_was_kept_and_is_gone_is_replaced()
    {
        TriggerSender sender = new(Path);
        sender.TrySend((byte)'W');
        using (FileHandle connection = Accept())
        {
            Posix.TrySend(connection, [TriggerProtocol.StaysOpen]);
            Read(connection);
            sender.TrySend((byte)'I');
            Read(connection);
        }

        Assert.Equal(0, sender.TrySend((byte)'D'));

        using FileHandle next = Accept();
        Assert.Equal("D\0\0", Read(next));
    }

    [Fact]
    public void Nobody_who_listens_is_an_error_each_time()
    {
        TriggerSender sender = new($"{_directory}/none");

        Assert.Equal(Errno.ENOENT, sender.TrySend((byte)'W'));
        Assert.Equal(Errno.ENOENT, sender.TrySend((byte)'W'));
    }

    public void Dispose()
    {
        _listener.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private FileHandle Accept()
    {
        Assert.Equal(0, Posix.TryAccept(_listener, out FileHandle connection));
        return connection;
    }

    private static string Read(FileHandle connection)
    {
        Span<byte> bytes = stackalloc byte[16];
        Assert.Equal(0, Posix.TryReceive(connection, bytes, wait: false, out int count));
        return System.Text.Encoding.ASCII.GetString(bytes[..count]);
    }
}
