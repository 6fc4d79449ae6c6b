using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Mail.Tests.Protocols;

public sealed class CleanupClientTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly string _directory = Directory.CreateTempSubdirectory("mta-cleanup-").FullName;
    private readonly FileHandle _listener;
    private readonly CleanupClient _client;
    private int _connections;
    private int _greetings;

    public CleanupClientTests()
    {
        _listener = UnixSocket.Listen($"{_directory}/cleanup", 10);
        _client = new CleanupClient("cleanup", _directory) { Timeout = Limit, ConnectAttempts = 1, LooksAhead = true };
    }

    [Fact]
    public async Task A_service_that_waits_for_another_message_gets_it_on_the_same_connection()
    {
        Task service = ServeAsync(messages: 3);
        for (int i = 0; i < 3; i++)
        {
            await SendAsync();
        }

        await service.WaitAsync(Limit);
        Assert.Equal(1, _connections);
    }

    [Fact]
    public async Task A_service_that_closes_after_its_answer_gets_a_connection_for_each()
    {
        for (int i = 0; i < 3; i++)
        {
            Task service = ServeAsync(messages: 1);
            await SendAsync();
            await service.WaitAsync(Limit);
        }

        Assert.Equal(3, _connections);
    }

    [Fact]
    public async Task With_the_end_of_a_message_on_a_kept_connection_the_next_one_is_asked_for()
    {
        Task service = ServeAsync(messages: 3, greetings: 3);
        await SendAsync();
        await SendAsync();
        await service.WaitAsync(Limit);
    }

    [Fact]
    public async Task A_service_that_went_away_after_its_greeting_is_not_given_a_message()
    {
        Task service = ServeAsync(messages: 3, greetings: 3);
        await SendAsync();
        await SendAsync();
        await AssertNextConnectsAnewAsync(service);
    }

    [Fact]
    public async Task A_message_that_was_asked_for_and_is_not_needed_is_given_up_soon()
    {
        Task service = ServeAsync(messages: 3);
        await SendAsync();
        await SendAsync();
        await service.WaitAsync(Limit);
        Assert.Equal(3, _greetings);
    }

    [Fact]
    public async Task A_message_that_is_given_up_takes_its_connection_along()
    {
        Task service = ServeAsync(messages: 2);
        using (await _client.OpenAsync(CleanupFlags.None, default))
        {
        }

        await AssertNextConnectsAnewAsync(service);
    }

    [Fact]
    public async Task A_connection_that_was_lent_is_not_used_again()
    {
        Task service = ServeAsync(messages: 2);
        using (CleanupSession session = await _client.OpenAsync(CleanupFlags.None, default))
        {
            session.GiveConnection();
            RecordWriter.Write(session.Output, RecordType.End);
            await session.FinishAsync(default);
        }

        await AssertNextConnectsAnewAsync(service);
    }

    public void Dispose()
    {
        _listener.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task AssertNextConnectsAnewAsync(Task service)
    {
        await service.WaitAsync(Limit);
        service = ServeAsync(messages: 1);
        await SendAsync();

        await service.WaitAsync(Limit);
        Assert.Equal(2, _connections);
    }

    private async Task SendAsync()
    {
        using CleanupSession session = await _client.OpenAsync(CleanupFlags.None, default);
        RecordWriter.Write(session.Output, RecordType.End);
        Assert.Equal(CleanupStatus.Ok, (await session.FinishAsync(default)).Status);
    }

    // One connection; ends when that many messages were answered, or announced, or the client closed.
    private Task ServeAsync(int messages, int greetings = int.MaxValue) => Task.Run(async () =>
    {
        FileHandle connection;
        while (Posix.TryAccept(_listener, out connection) == Errno.EAGAIN)
        {
            Posix.Poll([new PollEntry(_listener.Descriptor, PollEvents.Input)], (int)Limit.TotalMilliseconds);
        }

        _connections++;
        using SocketStream stream = new(connection);
        using BufferedInput input = new(stream) { Timeout = Limit };
        using BufferedOutput output = new(stream) { Timeout = Limit };
        AttributeReader reader = new(input);
        AttributeWriter writer = new(output);
        for (int i = 0; i < messages && (i == 0 || await CleanupProtocol.ReadAnotherAsync(reader, default)); i++)
        {
            CleanupProtocol.WriteGreeting(writer, QueueId.Create(DateTime.UtcNow, 1, longForm: false));
            await output.FlushAsync();
            _greetings++;
            if (i + 1 == greetings)
            {
                return;
            }

            if (await CleanupProtocol.ReadFlagsAsync(reader, default) is null)
            {
                return;
            }

            RecordReader records = new(input);
            while (records.TryRead(out _, out _) == RecordParse.NeedMore)
            {
                if (!await records.FillAsync())
                {
                    return;
                }
            }

            records.Leave();
            CleanupProtocol.WriteResult(writer, new CleanupResult(CleanupStatus.Ok, ""));
            await output.FlushAsync();
        }
    });
}
