using System.Net;
using System.Text;

namespace Mta.Linux.Tests;

public sealed class SocketTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mta").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_stream_carries_bytes_both_ways_over_inherited_descriptors()
    {
        (FileHandle first, FileHandle second) = Posix.SocketPair();
        await using var one = new SocketStream(first);
        await using var two = new SocketStream(second);
        byte[] big = new byte[1 << 20];
        Random.Shared.NextBytes(big);
        Task write = one.WriteAsync(big).AsTask();
        byte[] got = new byte[big.Length];
        await two.ReadExactlyAsync(got);
        await write;
        Assert.Equal(big, got);
        one.Dispose();
        Assert.Equal(0, await two.ReadAsync(got));
    }

    [Fact]
    public async Task A_listener_takes_the_place_of_an_old_socket_and_everybody_may_connect()
    {
        string path = $"{_directory}/s";
        UnixSocket.Listen(path, 5).Dispose();
        using FileHandle listener = UnixSocket.Listen(path, 5);
        Assert.Equal(0x1B6, Posix.Stat(path).Permissions);
        await using SocketStream client = await UnixSocket.ConnectAsync(path, CancellationToken.None);
        Assert.Equal(0, Posix.TryAccept(listener, out FileHandle accepted));
        accepted.Dispose();
    }

    [Fact]
    public async Task A_full_queue_is_waited_for_until_the_caller_gives_up()
    {
        string path = $"{_directory}/full";
        using FileHandle listener = UnixSocket.Listen(path, 0);
        await using SocketStream first = await UnixSocket.ConnectAsync(path, CancellationToken.None);
        using var stop = new CancellationTokenSource(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => UnixSocket.ConnectAsync(path, stop.Token).AsTask());
    }

    [Fact]
    public async Task Nobody_listening_is_an_error_with_its_number()
    {
        LinuxException error = await Assert.ThrowsAsync<LinuxException>(() => UnixSocket.ConnectAsync($"{_directory}/none", CancellationToken.None).AsTask());
        Assert.Equal(Errno.ENOENT, error.Errno);
    }

    [Fact]
    public void Names_are_bytes_and_too_long_ones_are_refused()
    {
        UnixSocket.Listen($"{_directory}/\u00e9", 1).Dispose();
        Assert.Contains("\u00e9", Posix.ListDirectory(_directory));
        Assert.Equal(0, Posix.TryUnlink($"{_directory}/\u00e9"));
        Assert.Equal(Errno.ENAMETOOLONG, Assert.Throws<LinuxException>(() => UnixSocket.Listen("/tmp/" + new string('x', 110), 1)).Errno);
    }

    [Fact]
    public void A_descriptor_passes_with_one_byte()
    {
        (FileHandle first, FileHandle second) = Posix.SocketPair();
        (FileHandle reader, FileHandle writer) = Posix.Pipe();
        using (first)
        using (second)
        using (reader)
        using (writer)
        {
            Assert.Equal(0, Posix.TrySendDescriptor(first, writer));
            Assert.Equal(0, Posix.TryReceiveDescriptor(second, out FileHandle received));
            using (received)
            {
                Posix.WriteAll(received, "x"u8);
            }

            byte[] buffer = new byte[2];
            Assert.Equal(1, Posix.Read(reader, buffer));
        }
    }

    [Fact]
    public void A_byte_without_a_descriptor_is_a_protocol_error_and_the_end_is_told()
    {
        (FileHandle first, FileHandle second) = Posix.SocketPair();
        using (second)
        {
            Posix.WriteAll(first, [0]);
            Assert.Equal(Errno.EPROTO, Posix.TryReceiveDescriptor(second, out _));
            first.Dispose();
            Assert.Equal(Errno.ENOTCONN, Posix.TryReceiveDescriptor(second, out _));
        }
    }

    [Fact]
    public void Datagrams_keep_their_borders()
    {
        string path = $"{_directory}/d";
        using FileHandle service = UnixSocket.BindDatagram(path);
        Assert.Equal(0, UnixSocket.TryConnectDatagram(path, out FileHandle client));
        using (client)
        {
            Assert.Equal(0, Posix.TrySend(client, "one"u8, wait: false, out _));
            Assert.Equal(0, Posix.TrySend(client, "two"u8, wait: false, out _));
        }

        byte[] buffer = new byte[16];
        Assert.Equal(0, Posix.TryReceive(service, buffer, wait: false, out int length));
        Assert.Equal("one", Encoding.ASCII.GetString(buffer, 0, length));
    }

    [Fact]
    public void Internet_listeners_of_one_port_may_stand_side_by_side_and_are_non_blocking()
    {
        using FileHandle listener = InetSocket.Listen(new IPEndPoint(IPAddress.Loopback, 0), 5);
        Assert.Equal(Errno.EAGAIN, Posix.TryAccept(listener, out _));
        Assert.Equal(0, Posix.TryGetSocketName(listener.Descriptor, out SocketName name));
        using FileHandle second = InetSocket.Listen(new IPEndPoint(IPAddress.Loopback, name.Port), 5);
    }

    [Fact]
    public void Own_addresses_hold_the_loopback()
    {
        InterfaceAddress loopback = Posix.InterfaceAddresses().First(a => a.Address.Equals(IPAddress.Loopback));
        Assert.True(loopback.IsUp);
        Assert.Equal(IPAddress.Parse("255.0.0.0"), loopback.Netmask);
    }

    [Fact]
    public void Services_and_addresses_are_looked_up()
    {
        Assert.Equal(0, Posix.TryGetAddresses("127.0.0.1", "smtp", System.Net.Sockets.AddressFamily.Unspecified, numericOnly: true, out List<IPEndPoint> found));
        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 25)], found);
        Assert.NotEqual(0, Posix.TryGetAddresses("not-an-address", null, System.Net.Sockets.AddressFamily.Unspecified, numericOnly: true, out _));
    }
}
