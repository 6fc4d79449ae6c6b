using System.Net.Sockets;
using Mta.Linux;
using Mta.Qmgr.Loop;
using Mta.Tests;

namespace Mta.Qmgr.Tests.Loop;

public sealed class EventLoopTests
{
    [Fact]
    public void What_is_awaited_on_the_loop_continues_on_its_thread()
    {
        using EventLoop loop = new();
        int before = 0;
        int after = 0;
        Run(loop, async () =>
        {
            before = Environment.CurrentManagedThreadId;
            await Task.Run(static () => { });
            after = Environment.CurrentManagedThreadId;
        });
        Assert.NotEqual(0, before);
        Assert.Equal(before, after);
    }

    [Fact]
    public void Timers_fire_in_order_of_time_and_not_when_cancelled()
    {
        TestClock time = new(); // of which a loaded machine takes nothing
        using EventLoop loop = new(time);
        List<int> fired = [];
        loop.Schedule(TimeSpan.FromMilliseconds(3), () => fired.Add(3));
        loop.Schedule(TimeSpan.FromMilliseconds(1), () => fired.Add(1));
        loop.Schedule(TimeSpan.FromMilliseconds(2), () => fired.Add(2)).Cancel();
        loop.Schedule(TimeSpan.FromMilliseconds(4), loop.Stop);
        loop.Run(() =>
        {
            time.Passed += TimeSpan.FromMicroseconds(100);
            return true;
        });
        Assert.Equal([1, 3], fired);
    }

    [Fact]
    public void A_stream_reads_what_comes_whole_or_in_pieces_and_sees_the_end()
    {
        using EventLoop loop = new();
        using Socket listener = Listen(out string path);
        List<byte> received = [];
        Run(loop, async () =>
        {
            Assert.Equal(0, UnixStreamSocket.TryConnect(path, out FileHandle file));
            using LoopStream stream = new(loop, file);
            using Socket peer = await listener.AcceptAsync();
            byte[] buffer = new byte[10];
            peer.Send("abc"u8);
            int count = await stream.ReadAsync(buffer);
            received.AddRange(buffer.AsSpan(0, count));
            ValueTask<int> pending = stream.ReadAsync(buffer);
            await Task.Run(() => peer.Send("de"u8));
            count = await pending;
            received.AddRange(buffer.AsSpan(0, count));
            peer.Shutdown(SocketShutdown.Both);
            Assert.Equal(0, await stream.ReadAsync(buffer));
        });
        Assert.Equal("abcde"u8.ToArray(), received);
    }

    [Fact]
    public void A_large_write_finishes_when_the_peer_reads()
    {
        using EventLoop loop = new();
        using Socket listener = Listen(out string path);
        int total = 0;
        Run(loop, async () =>
        {
            Assert.Equal(0, UnixStreamSocket.TryConnect(path, out FileHandle file));
            using LoopStream stream = new(loop, file);
            using Socket peer = await listener.AcceptAsync();
            Task reading = Task.Run(() =>
            {
                byte[] buffer = new byte[65536];
                while (total < 3_000_000)
                {
                    total += peer.Receive(buffer);
                }
            });
            await stream.WriteAsync(new byte[3_000_000]);
            await reading;
        });
        Assert.Equal(3_000_000, total);
    }

    [Fact]
    public void A_read_can_be_cancelled()
    {
        using EventLoop loop = new();
        using Socket listener = Listen(out string path);
        Run(loop, async () =>
        {
            Assert.Equal(0, UnixStreamSocket.TryConnect(path, out FileHandle file));
            using LoopStream stream = new(loop, file);
            using CancellationTokenSource source = new();
            ValueTask<int> read = stream.ReadAsync(new byte[1], source.Token);
            source.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await read);
        });
    }

    [Fact]
    public void Input_without_a_reader_is_reported()
    {
        using EventLoop loop = new();
        using Socket listener = Listen(out string path);
        Run(loop, async () =>
        {
            Assert.Equal(0, UnixStreamSocket.TryConnect(path, out FileHandle file));
            using LoopStream stream = new(loop, file);
            TaskCompletionSource seen = new();
            stream.UnexpectedInput = () => seen.TrySetResult();
            using Socket peer = await listener.AcceptAsync();
            peer.Close();
            await seen.Task.WaitAsync(TimeSpan.FromSeconds(10));
        });
    }

    private static Socket Listen(out string path)
    {
        path = Path.Combine(Path.GetTempPath(), $"loop-{Guid.NewGuid():N}");
        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(5);
        return listener;
    }

    private static void Run(EventLoop loop, Func<Task> body)
    {
        Exception? failure = null;
        loop.Post(static async state =>
        {
            (EventLoop loop, Func<Task> body, Action<Exception> failed) = ((EventLoop, Func<Task>, Action<Exception>))state!; // given below
            try
            {
                await body();
            }
            catch (Exception error)
            {
                failed(error);
            }

            loop.Stop();
        }, (loop, body, (Action<Exception>)(error => failure = error)));
        loop.Run(static () => false);
        if (failure is not null)
        {
            throw failure;
        }
    }
}
