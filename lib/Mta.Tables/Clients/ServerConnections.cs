using Mta.Linux;
using Mta.Text;

namespace Mta.Tables.Clients;

/// <summary>One connection to a server, used by one lookup at a time.</summary>
internal sealed class ServerConnection : IDisposable
{
    private readonly Stream _stream;
    private readonly Stream _plain;

    /// <param name="stream">What is read and written.</param>
    /// <param name="plain">The connection below it; the same where there is no TLS.</param>
    /// <param name="timeout">Longest time of one read or write.</param>
    public ServerConnection(Stream stream, Stream plain, TimeSpan timeout)
    {
        _stream = stream;
        _plain = plain;
        Input = new BufferedInput(stream) { Timeout = timeout };
        Output = new BufferedOutput(stream, capacity: 1024) { Timeout = timeout };
    }

    public BufferedInput Input { get; }

    public BufferedOutput Output { get; }

    public long Opened { get; } = Environment.TickCount64;

    public long LastUsed { get; set; } = Environment.TickCount64;

    /// <summary>The server knows who asks, where the protocol has such a step.</summary>
    public bool IsGreeted { get; set; }

    /// <summary>Reads up to the next LF, which is consumed; a CR before it is dropped.</summary>
    /// <exception cref="InvalidDataException">The line is longer than <paramref name="limit"/>.</exception>
    /// <exception cref="IOException">The server went away.</exception>
    public async ValueTask<string> ReadLineAsync(int limit, CancellationToken stop)
    {
        int seen = 0;
        while (true)
        {
            int end = Input.Available[seen..].IndexOf((byte)'\n');
            if (end >= 0)
            {
                ReadOnlySpan<byte> line = Input.Available[..(seen + end)];
                string text = ByteString.FromBytes(line.EndsWith((byte)'\r') ? line[..^1] : line);
                Input.Consume(seen + end + 1);
                return text;
            }

            seen = Input.Available.Length;
            if (seen > limit)
            {
                throw new InvalidDataException($"text longer than {limit}");
            }

            if (!await Input.FillAsync(limit + 4096, stop))
            {
                throw new EndOfStreamException("unexpected EOF");
            }
        }
    }

    /// <summary>Reads so many bytes.</summary>
    /// <exception cref="IOException">The server went away.</exception>
    public async ValueTask<string> ReadAsync(int count, CancellationToken stop)
    {
        if (!await Input.EnsureAsync(count, stop))
        {
            throw new EndOfStreamException("unexpected EOF");
        }

        string text = ByteString.FromBytes(Input.Available[..count]);
        Input.Consume(count);
        return text;
    }

    public void Dispose()
    {
        Input.Dispose();
        Output.Dispose();
        _stream.Dispose();
        _plain.Dispose();
    }
}

#pragma warning disable CA1001 // Lives as long as its table, and tables as long as the process.
/// <summary>The connections of a process to one server; lookups beyond the limit wait for their turn.</summary>
/// <param name="address">The server.</param>
/// <param name="timeout">Longest wait for a connection, and of one read or write.</param>
/// <param name="idle">Age of an unused connection at which it is not used any more.</param>
/// <param name="life">Age at which any connection is closed.</param>
/// <param name="secure">Puts TLS around a new connection; null leaves it as it is.</param>
internal sealed class ServerConnections(ServerAddress address, TimeSpan timeout, TimeSpan idle, TimeSpan life, StreamSecurer? secure = null)
#pragma warning restore CA1001
{
    private const int Limit = 8;
    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(60);
    private readonly SemaphoreSlim _room = new(Limit);
    private readonly Stack<ServerConnection> _idle = new();

    public ServerAddress Address => address;

    /// <summary>Runs one exchange on an idle connection or a new one. One that failed is closed.</summary>
    /// <param name="fresh">Only a new connection will do.</param>
    /// <exception cref="ServerFailureException">The exchange failed; it says whether the connection had been used before.</exception>
    public async ValueTask<T> UseAsync<T>(Func<ServerConnection, CancellationToken, ValueTask<T>> exchange, bool fresh, CancellationToken stop)
    {
        if (!await _room.WaitAsync(LongestTurn, stop))
        {
            throw new ServerFailureException(FailedStep.Connect, reused: false, new TimeoutException("all connections are in use"));
        }

        ServerConnection? connection = null;
        bool reused = false;
        bool healthy = false;
        FailedStep step = FailedStep.Connect;
        try
        {
            connection = fresh ? null : TakeIdle();
            reused = connection is not null;
            connection ??= await OpenAsync(stop);
            step = FailedStep.Exchange;
            T answer = await exchange(connection, stop);
            healthy = true;
            return answer;
        }
        catch (Exception error) when (error is IOException or TimeoutException or InvalidDataException)
        {
            throw new ServerFailureException(step, reused, error);
        }
        finally
        {
            if (connection is not null)
            {
                GiveBack(connection, healthy);
            }

            _room.Release();
        }
    }

    private async ValueTask<ServerConnection> OpenAsync(CancellationToken stop)
    {
        Stream plain = await address.ConnectAsync(timeout, stop);
        try
        {
            return new ServerConnection(secure is null ? plain : await secure(plain, timeout, stop), plain, timeout);
        }
        catch
        {
            await plain.DisposeAsync();
            throw;
        }
    }

    private ServerConnection? TakeIdle()
    {
        long now = Environment.TickCount64;
        lock (_idle)
        {
            while (_idle.TryPop(out ServerConnection? connection))
            {
                if (now - connection.LastUsed < (long)idle.TotalMilliseconds && now - connection.Opened < (long)life.TotalMilliseconds && connection.Input.Available.IsEmpty)
                {
                    return connection;
                }

                connection.Dispose();
            }
        }

        return null;
    }

    private void GiveBack(ServerConnection connection, bool healthy)
    {
        if (!healthy)
        {
            connection.Dispose();
            return;
        }

        connection.LastUsed = Environment.TickCount64;
        lock (_idle)
        {
            _idle.Push(connection);
        }
    }
}

internal enum FailedStep
{
    Connect,
    Exchange,
}

/// <summary>An exchange with a server failed.</summary>
internal sealed class ServerFailureException(FailedStep step, bool reused, Exception cause) : IOException(cause is LinuxException failure ? failure.Reason : cause.Message, cause)
{
    public FailedStep Step { get; } = step;

    /// <summary>The connection had been used before: the server may have closed it in between.</summary>
    public bool Reused { get; } = reused;
}
