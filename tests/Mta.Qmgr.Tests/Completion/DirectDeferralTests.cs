using System.Collections.Concurrent;
using System.Net.Sockets;
using Mta.Mail.Protocols;
using Mta.Qmgr.Completion;
using Mta.Qmgr.Loop;
using Mta.Qmgr.Scheduling;
using Mta.Text;

namespace Mta.Qmgr.Tests.Completion;

/// <summary>Recipients that go to the defer service straight from the queue manager.</summary>
public sealed class DirectDeferralTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("deferral").FullName;
    private readonly Socket _service = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly EventLoop _loop = new();
    private readonly ConcurrentQueue<string> _appended = new();

    public DirectDeferralTests()
    {
        _service.Bind(new UnixDomainSocketEndPoint(Path.Combine(_directory, "defer")));
        _service.Listen(200);
    }

    [Fact]
    public void Many_recipients_take_turns_with_a_few_connections()
    {
        const int Recipients = 3 * DirectDeferral.AtATime;
        Message message = new("ABC123");
        Scheduler scheduler = new(static _ => new TransportSettings(), new SchedulerLimits(), _loop) { MessageIdle = _ => _loop.Stop() };
        Exception? failure = null;
        DirectDeferral deferral = new(new BounceClient(new BounceServiceNames(), _directory), scheduler, new LogLines(true, true, 2), TimeProvider.System)
        {
            Track = task => task.ContinueWith(failed => failure ??= failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default),
        };
        int atOnce = 0;
        _loop.Schedule(TimeSpan.FromSeconds(20), _loop.Stop);
        _loop.Post(() =>
        {
            for (int i = 0; i < Recipients; i++)
            {
                deferral.Defer(message, new Recipient(new DeliveryRecipient("", $"r{i}@d.test", i + 1)), "4.3.0 mail transport unavailable");
            }

            // A connection is in the listener's queue as soon as it was asked for.
            while (_service.Poll(0, SelectMode.SelectRead))
            {
                atOnce++;
                _ = ServeAsync(_service.Accept());
            }

            _ = ServeAllAsync();
        });
        _loop.Run(static () => false);
        Assert.Null(failure);
        Assert.Equal((DirectDeferral.AtATime, 0, true), (atOnce, message.Outstanding, message.IsDeferred));
        Assert.Equal(Enumerable.Range(0, Recipients).Select(i => $"r{i}@d.test").Order(), _appended.Order());
    }

    public void Dispose()
    {
        _service.Dispose();
        _loop.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task ServeAllAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _service.AcceptAsync());
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        await using NetworkStream stream = new(client, ownsSocket: true);
        using BufferedInput input = new(stream);
        using BufferedOutput output = new(stream);
        AttributeReader reader = new(input);
        AttributeWriter writer = new(output);
        Announcement.Write(writer, BounceProtocol.Name);
        await output.FlushAsync();
        BounceRequest? request = await BounceProtocol.ReadRequestAsync(reader, CancellationToken.None);
        _appended.Enqueue(request!.Recipient!.Address);
        BounceProtocol.WriteStatus(writer, 0);
        await output.FlushAsync();
    }
}
