using Mta.Linux;
using Mta.Text;

namespace Mta.Smtpd.Policy;

/// <summary>
/// One policy server (SMTPD_POLICY_README) and the connections that are kept to it. A connection serves one request at
/// a time, and one after the other. Safe for concurrent calls.
/// </summary>
internal sealed class PolicyServer(NamedEndpoint endpoint, PolicySettings settings)
{
    private const int MaxIdleConnections = 64;
    private readonly Lock _lock = new();
    private readonly Stack<Connection> _idle = new();

    public string Name => endpoint.Text;

    public PolicySettings Settings => settings;

    /// <summary>Asks the server.</summary>
    /// <returns>The action, or null when it gave none in all tries; the log says why.</returns>
    public async ValueTask<string?> AskAsync(PolicyRequest request, CancellationToken stop)
    {
        for (int attempt = 1; ; attempt++)
        {
            Connection? connection = TakeIdle();
            string problem;
            try
            {
                connection ??= new Connection(await endpoint.Place.ConnectAsync(settings.Timeout, stop), settings.Timeout);
                string action = await connection.AskAsync(request, settings, stop);
                Return(connection);
                return action;
            }
            catch (Exception error) when (error is IOException or TimeoutException)
            {
                problem = connection is null ? $"connect to {Name}: {Reason(error)}" : $"problem talking to server {Name}: {Reason(error)}";
                connection?.Dispose();
            }
            catch
            {
                connection?.Dispose();
                throw;
            }

            LogLines.Trouble(request.Session, Printable.Neutralize(problem));
            if (connection is null)
            {
                LogLines.Trouble(request.Session, $"problem talking to server {Name}: {problem[(problem.IndexOf(": ", StringComparison.Ordinal) + 2)..]}");
            }

            if (attempt >= settings.TryLimit)
            {
                return null;
            }

            await Task.Delay(settings.RetryDelay, stop);
        }
    }

    private static string Reason(Exception error) => error switch
    {
        LinuxException linux => linux.Reason,
        TimeoutException => "Connection timed out",
        _ => error.Message,
    };

    private Connection? TakeIdle()
    {
        lock (_lock)
        {
            while (_idle.TryPop(out Connection? connection))
            {
                if (connection.IsFresh(settings))
                {
                    return connection;
                }

                connection.Dispose();
            }
        }

        return null;
    }

    private void Return(Connection connection)
    {
        lock (_lock)
        {
            if (connection.IsFresh(settings) && _idle.Count < MaxIdleConnections)
            {
                _idle.Push(connection);
                return;
            }
        }

        connection.Dispose();
    }

    private sealed class Connection : IDisposable
    {
        private readonly SocketStream _stream;
        private readonly BufferedInput _input;
        private readonly BufferedOutput _output;
        private readonly AttributeReader _reader;
        private readonly AttributeWriter _writer;
        private readonly long _opened = Environment.TickCount64;
        private long _lastUsed = Environment.TickCount64;
        private int _requests;

        public Connection(SocketStream stream, TimeSpan timeout)
        {
            _stream = stream;
            _input = new BufferedInput(stream) { Timeout = timeout };
            _output = new BufferedOutput(stream) { Timeout = timeout };
            _reader = new AttributeReader(_input, AttributeEncoding.Plain);
            _writer = new AttributeWriter(_output, AttributeEncoding.Plain);
        }

        public bool IsFresh(PolicySettings settings)
        {
            long now = Environment.TickCount64;
            return now - _lastUsed < (long)settings.MaxIdle.TotalMilliseconds
                && now - _opened < (long)settings.MaxLife.TotalMilliseconds
                && (settings.RequestLimit == 0 || _requests < settings.RequestLimit)
                && _input.Available.IsEmpty
                && !_stream.HasInput;
        }

        public async ValueTask<string> AskAsync(PolicyRequest request, PolicySettings settings, CancellationToken stop)
        {
            _requests++;
            request.Write(_writer, settings.Context);
            await _output.FlushAsync(stop);
            if (!await _reader.ReadListAsync(stop))
            {
                throw new IOException("Connection reset by peer");
            }

            // What a server says beyond that is for other clients.
            string action = _reader.String("action"u8);
            _reader.Leave();
            _lastUsed = Environment.TickCount64;
            return action;
        }

        public void Dispose()
        {
            _input.Dispose();
            _output.Dispose();
            _stream.Dispose();
        }
    }
}
