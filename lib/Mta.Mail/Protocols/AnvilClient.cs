using System.Collections.Concurrent;
using Mta.Text;
using NLog;

namespace Mta.Mail.Protocols;

/// <summary>
/// A process's connections to the anvil service. Each session of the process takes one stream for its life, since a
/// stream stands for one client; streams of ended sessions are used again. An unreachable service limits nothing:
/// that costs each session one warning, and two tries now and then. Safe for concurrent calls.
/// </summary>
/// <param name="path">The socket, below the queue directory: <c>private/anvil</c>.</param>
public sealed class AnvilClient(string path = "private/anvil") : IDisposable
{
    private const int MaxIdle = 64;

    private readonly ConcurrentBag<AnvilSession.Stream> _idle = [];

    /// <summary>Longest wait for each reply (<c>ipc_timeout</c>; a limit is not worth a long wait).</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>The pause before the second try.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a session leaves a service alone that it could not talk to.</summary>
    public TimeSpan QuietTime { get; init; } = TimeSpan.FromSeconds(30);

    internal string Path => path;

    /// <summary>A session for one client connection. Nothing is sent before the first report. Dispose it at its end.</summary>
    /// <param name="service">The service's name in master.cf.</param>
    /// <param name="address">The client's address, or the network that counts as one client.</param>
    public AnvilSession Open(string service, string address) => new(this, $"{service}:{address}");

    public void Dispose()
    {
        while (_idle.TryTake(out AnvilSession.Stream? stream))
        {
            stream.Dispose();
        }
    }

    internal AnvilSession.Stream? TakeIdle()
    {
        while (_idle.TryTake(out AnvilSession.Stream? stream))
        {
            if (!stream.IsStale)
            {
                return stream;
            }

            stream.Dispose();
        }

        return null;
    }

    internal void Return(AnvilSession.Stream stream)
    {
        if (_idle.Count < MaxIdle)
        {
            _idle.Add(stream);
        }
        else
        {
            stream.Dispose();
        }
    }
}

/// <summary>What one client connection reports. Used by one caller at a time.</summary>
public sealed class AnvilSession : IDisposable
{
    private const int Tries = 2;

    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly AnvilClient _client;
    private readonly string _identity;
    private Stream? _stream;
    private bool _isConnected;
    private bool _hasComplained;
    private long _quietUntil;

    internal AnvilSession(AnvilClient client, string identity)
    {
        _client = client;
        _identity = identity;
    }

    /// <summary>Reports an event.</summary>
    /// <returns>The counters that this request tells; null when the service cannot be asked, which limits nothing.</returns>
    public async ValueTask<AnvilCounts?> ReportAsync(AnvilRequestKind kind, CancellationToken stop)
    {
        // A service that is down holds up the session once, not at every recipient.
        if (_quietUntil != 0 && Environment.TickCount64 < _quietUntil)
        {
            return null;
        }

        for (int attempt = 1; ; attempt++)
        {
            try
            {
                _stream ??= _client.TakeIdle() ?? await Stream.OpenAsync(_client, stop);
                AnvilCounts? counts = await _stream.AskAsync(new AnvilRequest(kind, _identity), stop);
                _isConnected = kind == AnvilRequestKind.Connect || (_isConnected && kind != AnvilRequestKind.Disconnect);
                return counts;
            }
            catch (Exception error) when (error is IOException or TimeoutException)
            {
                _stream?.Dispose();
                _stream = null;
                if (attempt == Tries)
                {
                    _quietUntil = Environment.TickCount64 + (long)_client.QuietTime.TotalMilliseconds;
                    if (!_hasComplained)
                    {
                        _hasComplained = true;
                        Log.Warn($"problem talking to service {_client.Path}: {error.Message}");
                    }

                    return null;
                }

                await Task.Delay(_client.RetryPause, stop);
            }
        }
    }

    /// <summary>Gives the stream back. A client that was not reported as disconnected is, by closing it.</summary>
    public void Dispose()
    {
        if (_stream is null)
        {
            return;
        }

        if (_isConnected)
        {
            _stream.Dispose();
        }
        else
        {
            _client.Return(_stream);
        }

        _stream = null;
    }

    internal sealed class Stream : IDisposable
    {
        private readonly ServiceConnection _connection;
        private readonly AttributeReader _reader;
        private readonly AttributeWriter _writer;

        private Stream(ServiceConnection connection)
        {
            _connection = connection;
            _reader = new AttributeReader(connection.Input, AnvilProtocol.Encoding);
            _writer = new AttributeWriter(connection.Output, AnvilProtocol.Encoding);
        }

        public bool IsStale => _connection.IsStale;

        public static async ValueTask<Stream> OpenAsync(AnvilClient client, CancellationToken stop)
        {
            ServiceConnection connection = await ServiceConnection.ConnectAsync(client.Path, null, client.Timeout, stop, outputCapacity: 256, initial: 256);
            try
            {
                Stream stream = new(connection);
                await Announcement.ReadAsync(stream._reader, AnvilProtocol.Name, stop);
                return stream;
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }

        public async ValueTask<AnvilCounts?> AskAsync(AnvilRequest request, CancellationToken stop)
        {
            AnvilProtocol.WriteRequest(_writer, request);
            await _connection.Output.FlushAsync(stop);
            AnvilCounts? counts = await AnvilProtocol.ReadReplyAsync(_reader, request.Kind, stop);
            _reader.Leave();
            return counts;
        }

        public void Dispose() => _connection.Dispose();
    }
}
