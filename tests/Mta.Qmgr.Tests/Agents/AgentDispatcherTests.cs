using System.Net.Sockets;
using Mta.Mail.Protocols;
using Mta.Qmgr.Agents;
using Mta.Qmgr.Loop;
using Mta.Qmgr.Scheduling;
using Mta.Text;
using DeliveryStatus = Mta.Mail.Protocols.Dsn;

namespace Mta.Qmgr.Tests.Agents;

/// <summary>How requests reach agents of either kind, and what an agent's silence means.</summary>
[Collection("current directory")]
public sealed class AgentDispatcherTests : IDisposable
{
    private readonly string _before = Directory.GetCurrentDirectory();
    private readonly string _directory = Directory.CreateTempSubdirectory("agents").FullName;
    private readonly EventLoop _loop = new();
    private readonly Scheduler _scheduler;
    private readonly AgentDispatcher _dispatcher;
    private readonly List<Message> _idle = [];
    private readonly List<string> _suspended = [];
    private Exception? _failure;

    public AgentDispatcherTests()
    {
        Directory.SetCurrentDirectory(_directory);
        Directory.CreateDirectory("private");
        _scheduler = new Scheduler(
            static _ => new TransportSettings { DestinationConcurrencyLimit = 1, InitialDestinationConcurrency = 1, DestinationRecipientLimit = 1 },
            new SchedulerLimits(),
            _loop)
        {
            MessageIdle = _idle.Add,
            Suspended = (message, _, reason) =>
            {
                _suspended.Add(reason);
                _scheduler!.Release(message);
            },
        };
        _dispatcher = new AgentDispatcher(_loop, new QmgrSettings(), _scheduler)
        {
            Track = task => task.ContinueWith(failed => _failure ??= failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default),
        };
    }

    [Fact]
    public void An_agent_that_goes_on_gets_all_requests_on_one_connection()
    {
        using Agent agent = new(requestsPerConnection: int.MaxValue);
        Message message = Deliver(5);
        Assert.Equal((1, 5), (agent.Connections, agent.Requests));
        Assert.False(message.IsDeferred);
    }

    [Fact]
    public void An_agent_that_closes_after_one_request_gets_one_connection_for_each()
    {
        using Agent agent = new(requestsPerConnection: 1);
        Message message = Deliver(5);
        Assert.Equal(5, agent.Requests);
        Assert.False(message.IsDeferred);
        Assert.True(_scheduler.FindOrAddTransport("smtp").OneRequestPerConnection);
    }

    [Fact]
    public void An_agent_that_retires_now_and_then_loses_nothing()
    {
        using Agent agent = new(requestsPerConnection: 3);
        Message message = Deliver(8);
        Assert.Equal(8, agent.Requests);
        Assert.False(message.IsDeferred);
        Assert.False(_scheduler.FindOrAddTransport("smtp").OneRequestPerConnection);
    }

    [Fact]
    public void Mail_goes_to_an_idle_agent_while_the_service_takes_no_further_connection()
    {
        using Agent agent = new(requestsPerConnection: int.MaxValue) { TakesOneConnection = true };
        Assign(4, destinations: 4);
        int? pending = null;
        RunUntil(() =>
        {
            if (pending is null && _idle.Count == 1)
            {
                pending = _scheduler.FindOrAddTransport("smtp").PendingConnects;
                Assign(1);
            }

            return _idle.Count == 2;
        });
        Assert.Equal(2, pending);
        Assert.Equal((1, 5), (agent.Connections, agent.Requests));
    }

    [Fact]
    public void An_agent_that_dies_on_its_first_request_leaves_the_recipient_for_later()
    {
        using Agent agent = new(requestsPerConnection: 0);
        Message message = Deliver(1);
        Assert.Equal(1, agent.Connections);
        Assert.True(message.IsDeferred);
        Assert.Null(_scheduler.FindOrAddTransport("smtp").DeadReason);
    }

    [Fact]
    public void A_site_failure_counts_against_the_destination()
    {
        using Agent agent = new(int.MaxValue, new DeliveryStatus("4.4.1", "", "connect: refused"), status: -1);
        Message message = Deliver(2);
        Assert.True(message.IsDeferred);
        Assert.Equal(["4.4.1 delivery temporarily suspended: connect: refused"], _suspended);
    }

    [Fact]
    public void Without_a_service_the_transport_is_dead()
    {
        Deliver(2);
        Assert.Equal(["4.3.0 mail transport unavailable", "4.3.0 mail transport unavailable"], _suspended);
        Assert.NotNull(_scheduler.FindOrAddTransport("smtp").DeadReason);
    }

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_before);
        Directory.Delete(_directory, recursive: true);
        _loop.Dispose();
    }

    private Message Deliver(int recipients)
    {
        Message message = Assign(recipients);
        RunUntil(() => _idle.Count > 0);
        Assert.Same(message, Assert.Single(_idle));
        return message;
    }

    private Message Assign(int recipients, int destinations = 1)
    {
        Message message = new("ABC123") { Outstanding = 1, Sender = "s@x.test" };
        List<Recipient> list = [];
        for (int i = 0; i < recipients; i++)
        {
            Recipient recipient = new(new DeliveryRecipient("", $"r{i}@d.test", i + 1));
            recipient.SetDestination("smtp", $"d{i % destinations}.test");
            recipient.Queue = _scheduler.FindOrAddQueue(_scheduler.FindOrAddTransport("smtp"), $"d{i % destinations}.test");
            list.Add(recipient);
        }

        _scheduler.Assign(message, list);
        _scheduler.Release(message);
        return message;
    }

    private void RunUntil(Func<bool> isOver)
    {
        _loop.Schedule(TimeSpan.FromSeconds(20), _loop.Stop);
        _loop.Run(() =>
        {
            _dispatcher.Drain();
            if (isOver() || _failure is not null)
            {
                _loop.Stop();
            }

            return false;
        });
        Assert.Null(_failure);
    }

    /// <summary>A delivery agent on <c>private/smtp</c>.</summary>
    private sealed class Agent : IDisposable
    {
        private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        private readonly int _requestsPerConnection;
        private readonly DeliveryStatus _hop;
        private readonly int _status;
        private int _connections;
        private int _requests;

        public Agent(int requestsPerConnection, DeliveryStatus? hop = null, int status = 0)
        {
            _requestsPerConnection = requestsPerConnection;
            _hop = hop ?? DeliveryStatus.Empty;
            _status = status;
            _listener.Bind(new UnixDomainSocketEndPoint(Path.GetFullPath("private/smtp")));
            _listener.Listen(10);
            _ = AcceptAsync();
        }

        /// <summary>Further connections wait to be taken.</summary>
        public bool TakesOneConnection { get; init; }

        public int Connections => Volatile.Read(ref _connections);

        public int Requests => Volatile.Read(ref _requests);

        public void Dispose() => _listener.Dispose();

        private async Task AcceptAsync()
        {
            do
            {
                Socket client = await _listener.AcceptAsync();
                Interlocked.Increment(ref _connections);
                _ = ServeAsync(client);
            }
            while (!TakesOneConnection);
        }

        private async Task ServeAsync(Socket client)
        {
            await using NetworkStream stream = new(client, ownsSocket: true);
            using BufferedInput input = new(stream);
            using BufferedOutput output = new(stream);
            AttributeWriter writer = new(output);
            AttributeReader reader = new(input);
            Announcement.Write(writer, DeliveryProtocol.Name);
            await output.FlushAsync();
            for (int i = 0; i < _requestsPerConnection; i++)
            {
                if (await DeliveryProtocol.ReadRequestAsync(reader, CancellationToken.None) is null)
                {
                    return;
                }

                Interlocked.Increment(ref _requests);
                DeliveryProtocol.WriteFinal(writer, _hop, _status);
                await output.FlushAsync();
            }

            // Wait for the next request, and close without an answer.
            await input.FillAsync();
        }
    }
}
