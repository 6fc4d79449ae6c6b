using Mta.Linux;
using Mta.Service.Logging;
using Mta.Text;

namespace Mta.Service.Tests.Logging;

public sealed class LogSocketTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mta-log-").FullName;

    private string SocketPath => Path.Combine(_directory, "s");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Line_is_one_datagram()
    {
        using FileHandle receiver = UnixSocket.BindDatagram(SocketPath);
        using LogSocket socket = new(SocketPath);
        Assert.True(socket.Send("hello"u8));
        byte[] buffer = new byte[100];
        Assert.Equal("hello", ByteString.FromBytes(buffer.AsSpan(0, Posix.Receive(receiver.Descriptor, buffer))));
    }

    [Fact]
    public void Missing_receiver_loses_lines_and_is_counted()
    {
        using LogSocket socket = new(SocketPath);
        Assert.False(socket.Send("a"u8));
        Assert.False(socket.Send("b"u8));
        Assert.Equal(2, socket.Lost);
    }

    [Fact]
    public void Receiver_that_comes_back_is_found_again()
    {
        using LogSocket socket = new(SocketPath);
        using (UnixSocket.BindDatagram(SocketPath))
        {
            Assert.True(socket.Send("a"u8));
        }

        using FileHandle again = UnixSocket.BindDatagram(SocketPath);
        Assert.True(socket.Send("b"u8));
    }

    [Fact]
    public void Receiver_that_takes_nothing_delays_once_and_not_every_line()
    {
        using FileHandle receiver = UnixSocket.BindDatagram(SocketPath);
        using LogSocket socket = new(SocketPath);
        long start = Environment.TickCount64;
        int lost = 0;
        for (int i = 0; i < 1000; i++)
        {
            lost += socket.Send("line"u8) ? 0 : 1;
        }

        Assert.True(lost > 100);
        Assert.InRange(Environment.TickCount64 - start, 0, 4000);
    }
}
