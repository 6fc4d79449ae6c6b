using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Mail.Protocols;

/// <summary>
/// A message on its way into the queue. Write records to <see cref="Output"/> (<see cref="RecordWriter"/>), call
/// <see cref="FlushIfFullAsync"/> now and then, end with <see cref="RecordType.End"/> and <see cref="FinishAsync"/>.
/// Disposing before that cancels the message. Used by one caller at a time.
/// </summary>
public sealed class CleanupSession : IDisposable
{
    internal const int OutputCapacity = 32 << 10;

    // A sender may leave its envelope open for long.
    internal const int InitialCapacity = 1 << 10;

    private readonly ServiceConnection _connection;
    private Func<bool>? _reap;
    private bool _isAnswered;
    private bool _hasAsked;

    /// <param name="reap">Waits for the program behind the connection, where it is a child; tells whether it ended well.</param>
    internal CleanupSession(ServiceConnection connection, QueueId id, Func<bool>? reap = null)
    {
        _connection = connection;
        _reap = reap;
        Id = id;
    }

    public QueueId Id { get; }

    public BufferedOutput Output => _connection.Output;

    /// <summary>Takes the connection for another message when this one was answered; it is closed when null.</summary>
    internal Action<KeptConnection>? Keep { get; set; }

    /// <summary>
    /// The service is known to wait for another message, and is asked for it with the end of this one: whoever comes next
    /// finds its queue ID here.
    /// </summary>
    internal bool AsksForAnother { get; init; }

    /// <summary>The connection itself, for the Milter hand-over, after which it serves this message alone.</summary>
    public ServiceConnection GiveConnection()
    {
        Keep = null;
        return _connection;
    }

    /// <summary>Sends what is buffered when that is worth a system call.</summary>
    /// <exception cref="IOException">The service is gone: the message is lost to it.</exception>
    public ValueTask FlushIfFullAsync(CancellationToken stop) =>
        Output.IsFull ? Output.FlushAsync(stop) : ValueTask.CompletedTask;

    /// <summary>Sends the rest and waits for the answer: the message is safe when the status is <see cref="CleanupStatus.Ok"/>.</summary>
    /// <exception cref="IOException">The service is gone: the message was not accepted.</exception>
    public async ValueTask<CleanupResult> FinishAsync(CancellationToken stop)
    {
        try
        {
            bool asks = AsksForAnother && Keep is not null;
            if (asks)
            {
                CleanupProtocol.WriteAnother(_connection.Writer);
            }

            await Output.FlushAsync(stop);
            CleanupResult result = await CleanupProtocol.ReadResultAsync(_connection.Reader, stop);
            if (_reap is not null && !TryReap() && result.Status == CleanupStatus.Ok)
            {
                throw new IOException("postdrop died after its answer");
            }

            _hasAsked = asks;
            _isAnswered = true;
            return result;
        }
        catch (Exception error) when (error is TimeoutException or AttributeFormatException)
        {
            throw new IOException($"cleanup service: {error.Message}", error);
        }
    }

    public void Dispose()
    {
        Action<KeptConnection>? keep = Keep;
        Keep = null;
        if (keep is not null && _isAnswered && (_hasAsked || _connection.Input.Available.IsEmpty))
        {
            byte[] received = _connection.Input.Available.ToArray();
            keep(new KeptConnection(_connection.Detach(), _hasAsked, received));
        }
        else
        {
            _connection.Dispose();
        }

        TryReap();
    }

    private bool TryReap()
    {
        Func<bool>? reap = _reap;
        _reap = null;
        return reap is null || reap();
    }
}
