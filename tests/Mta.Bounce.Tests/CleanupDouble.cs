using System.Net.Sockets;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Bounce.Tests;

/// <summary>Stands for the cleanup service: takes messages, keeps their records, answers as told.</summary>
internal sealed class CleanupDouble : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private int _count;

    public CleanupDouble(string directory)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(directory, "cleanup")));
        _listener.Listen(10);
        _ = ServeAsync();
    }

    public CleanupStatus Answer { get; set; }

    public List<TakenMessage> Messages { get; } = [];

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            using Socket client = await _listener.AcceptAsync(_stop.Token);
            await using NetworkStream stream = new(client);
            using BufferedInput input = new(stream);
            using BufferedOutput output = new(stream);
            AttributeWriter writer = new(output);
            Assert.True(QueueId.TryParse($"NEW{++_count}", out QueueId id));
            CleanupProtocol.WriteGreeting(writer, id);
            await output.FlushAsync();
            CleanupFlags? flags = await CleanupProtocol.ReadFlagsAsync(new AttributeReader(input), _stop.Token);
            if (flags is null || await ReadMessageAsync(input, flags.Value) is not { } message)
            {
                continue;
            }

            lock (Messages)
            {
                Messages.Add(message);
            }

            CleanupProtocol.WriteResult(writer, new CleanupResult(Answer, ""));
            await output.FlushAsync();
        }
    }

    private static async Task<TakenMessage?> ReadMessageAsync(BufferedInput input, CleanupFlags flags)
    {
        RecordReader records = new(input);
        TakenMessage message = new(flags);
        while (true)
        {
            RecordParse result = records.TryRead(out RecordType type, out ReadOnlySpan<byte> data);
            if (result == RecordParse.NeedMore)
            {
                if (!await records.FillAsync())
                {
                    return null;
                }

                continue;
            }

            Assert.Equal(RecordParse.Complete, result);
            if (type == RecordType.End)
            {
                return message;
            }

            message.Take(type, ByteString.FromBytes(data));
        }
    }
}

/// <summary>What came of one message.</summary>
internal sealed class TakenMessage(CleanupFlags flags)
{
    public CleanupFlags Flags { get; } = flags;

    public string? Sender { get; private set; }

    public string? Recipient { get; private set; }

    public List<string> Lines { get; } = [];

    public string Text => string.Join('\n', Lines);

    public void Take(RecordType type, string data)
    {
        switch (type)
        {
            case RecordType.Sender:
                Sender = data;
                break;
            case RecordType.Recipient:
                Recipient = data;
                break;
            case RecordType.Text:
                Lines.Add(data);
                break;
            default:
                break;
        }
    }
}
