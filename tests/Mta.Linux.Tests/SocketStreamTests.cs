using System.Net;
using System.Net.Sockets;

namespace Mta.Linux.Tests;

/// <summary>Waiting for sockets: nobody sleeps through what comes, whoever gives up or closes in between.</summary>
public sealed class SocketStreamTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Hundreds_of_dialogues_at_once_lose_no_turn()
    {
        await Task.WhenAll(Enumerable.Range(0, 300).Select(static seed => DialogueAsync(seed, turns: 100))).WaitAsync(Limit);
    }

    [Fact]
    public async Task A_wait_that_was_given_up_takes_nothing_from_the_next_read()
    {
        (SocketStream one, SocketStream two) = Pair();
        using (one)
        using (two)
        {
            byte[] buffer = new byte[10];
            for (int i = 0; i < 50; i++)
            {
                using var stop = new CancellationTokenSource();
                Task<int> read = one.ReadAsync(buffer, stop.Token).AsTask();
                // The byte and the end of the wait race; it arrives once, now or by the next read.
                Task write = Task.Run(() => two.Write([(byte)i]));
                await stop.CancelAsync();
                int count = 0;
                try
                {
                    count = await read.WaitAsync(Limit);
                }
                catch (OperationCanceledException)
                {
                    count = await one.ReadAsync(buffer).AsTask().WaitAsync(Limit);
                }

                await write;
                Assert.Equal((1, (byte)i), (count, buffer[0]));
            }
        }
    }

    [Fact]
    public async Task Closing_ends_the_waits()
    {
        (SocketStream one, SocketStream two) = Pair();
        using (two)
        {
            Task<int> read = one.ReadAsync(new byte[1]).AsTask();
            Task write = one.WriteAsync(new byte[1 << 22]).AsTask();
            one.Dispose();
            await Assert.ThrowsAsync<IOException>(() => read.WaitAsync(Limit));
            await Assert.ThrowsAsync<IOException>(() => write.WaitAsync(Limit));
        }
    }

    [Fact]
    public async Task The_end_of_the_peer_ends_the_wait()
    {
        (SocketStream one, SocketStream two) = Pair();
        using (one)
        {
            Task<int> read = one.ReadAsync(new byte[1]).AsTask();
            two.Dispose();
            Assert.Equal(0, await read.WaitAsync(Limit));
        }
    }

    [Fact]
    public async Task Descriptors_whose_numbers_come_again_wake_their_new_owners()
    {
        for (int round = 0; round < 300; round++)
        {
            (SocketStream one, SocketStream two) = Pair();
            Task<int> read = one.ReadAsync(new byte[1]).AsTask();
            await two.WriteAsync(new byte[1]);
            Assert.Equal(1, await read.WaitAsync(Limit));
            one.Dispose();
            two.Dispose();
        }
    }

    [Fact]
    public async Task A_copy_of_the_descriptor_that_lives_on_elsewhere_disturbs_nobody()
    {
        (SocketStream one, SocketStream two) = Pair();
        FileHandle copy = Copy(one.Handle);
        Task<int> read = one.ReadAsync(new byte[1]).AsTask();
        await two.WriteAsync(new byte[1]);
        await read.WaitAsync(Limit);
        one.Dispose();
        await two.WriteAsync(new byte[1]);
        using var other = new SocketStream(copy);
        Assert.Equal(1, await other.ReadAsync(new byte[1]).AsTask().WaitAsync(Limit));
        Task<int> waiting = other.ReadAsync(new byte[1]).AsTask();
        two.Dispose();
        Assert.Equal(0, await waiting.WaitAsync(Limit));
    }

    [Fact]
    public async Task What_was_peeked_at_is_read_again()
    {
        (SocketStream one, SocketStream two) = Pair();
        using (one)
        using (two)
        {
            byte[] buffer = new byte[10];
            Task<int> peek = one.PeekAsync(buffer, CancellationToken.None).AsTask();
            two.Write("abc"u8);
            Assert.Equal(3, await peek.WaitAsync(Limit));
            Assert.True(one.HasInput);
            Assert.Equal(3, one.BytesWaiting);
            Assert.Equal(3, await one.ReadAsync(buffer));
            Assert.False(one.HasInput);
        }
    }

    [Fact]
    public async Task Connecting_over_tcp_works_or_gives_the_error_number()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        var address = (IPEndPoint)listener.LocalEndpoint;
        using (SocketStream client = await SocketStream.ConnectAsync(address, CancellationToken.None))
        {
            using TcpClient accepted = await listener.AcceptTcpClientAsync();
            Task<int> read = client.ReadAsync(new byte[5]).AsTask();
            await accepted.GetStream().WriteAsync("220 x"u8.ToArray());
            Assert.Equal(5, await read.WaitAsync(Limit));
        }

        listener.Stop();
        LinuxException error = await Assert.ThrowsAsync<LinuxException>(() => SocketStream.ConnectAsync(address, CancellationToken.None).AsTask());
        Assert.Equal(Errno.ECONNREFUSED, error.Errno);
    }

    private static (SocketStream One, SocketStream Two) Pair()
    {
        (FileHandle one, FileHandle two) = Posix.SocketPair();
        return (new SocketStream(one), new SocketStream(two));
    }

    private static FileHandle Copy(FileHandle file)
    {
        (FileHandle sender, FileHandle receiver) = Posix.SocketPair();
        using (sender)
        using (receiver)
        {
            Assert.Equal(0, Posix.TrySendDescriptor(sender, file));
            Assert.Equal(0, Posix.TryReceiveDescriptor(receiver, out FileHandle copy));
            return copy;
        }
    }

    // Each side sends a block of a length that both know, and waits for the other's; some are larger than any buffer.
    private static async Task DialogueAsync(int seed, int turns)
    {
        (SocketStream one, SocketStream two) = Pair();
        using (one)
        using (two)
        {
            await Task.WhenAll(SideAsync(one, seed, turns), SideAsync(two, seed, turns));
        }
    }

    private static async Task SideAsync(SocketStream stream, int seed, int turns)
    {
        await Task.Yield();
        Random random = new(seed);
        for (int i = 0; i < turns; i++)
        {
            byte[] block = new byte[random.Next(100) == 0 ? 300_000 : random.Next(1, 200)];
            Array.Fill(block, (byte)i);
            byte[] got = new byte[block.Length];
            Task write = stream.WriteAsync(block).AsTask();
            await stream.ReadExactlyAsync(got);
            await write;
            Assert.Equal(block, got);
        }
    }
}
