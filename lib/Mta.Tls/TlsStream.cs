using System.Buffers;
using System.Runtime.InteropServices;
using Mta.Linux;
using Mta.Tls.Native;

namespace Mta.Tls;

/// <summary>How a handshake ended.</summary>
public enum TlsHandshakeStatus
{
    Done,

    /// <summary>The peer closed.</summary>
    Lost,

    /// <summary>The peer was too slow.</summary>
    Timeout,

    /// <summary>The two sides could not agree, or one broke the protocol.</summary>
    Failed,
}

/// <summary>How a handshake ended, and the library's words about a failure (log lines).</summary>
public readonly record struct TlsHandshake(TlsHandshakeStatus Status, IReadOnlyList<string> Errors)
{
    public bool IsDone => Status == TlsHandshakeStatus.Done;
}

/// <summary>Keys and certificates for one server name, as PEM text; null when there are none for it.</summary>
public delegate ValueTask<byte[]?> TlsNameLookup(string serverName, CancellationToken stop);

/// <summary>
/// A TLS session over any stream, without a thread of its own: the library reads and writes memory, this class moves the
/// bytes. An idle session holds one small buffer beside the library's own state. Does not own the stream below. One reader
/// and one writer may be at work at the same time; the library itself is entered by one of them.
/// </summary>
public sealed partial class TlsStream : DuplexStream
{
    private const int SmallBuffer = 1024;
    private const int LargeBuffer = 17 * 1024;
    private const int Block = 16 * 1024;
    private const int MaxSession = 16 * 1024;

    private static readonly Lazy<nint> Method = new(CreateMethod);

    private readonly Lock _lock = new();
    private readonly Stream _inner;
    private readonly TlsContext _context;
    private readonly GCHandle _self;
    private nint _ssl;
    private byte[] _input = [];
    private int _inputStart;
    private int _inputEnd;
    private bool _inputEnded;
    private bool _reads;
    private bool _readsBulk;
    private byte[] _output = [];
    private int _outputCount;
    private bool _flushes;
    private bool _isBroken;
    private bool _hasName;
    private bool _nameIsAnswered;

    private TlsStream(TlsContext context, Stream inner)
    {
        _inner = inner;
        _context = context;
        _ssl = context.NewSsl();
        _self = GCHandle.Alloc(this, GCHandleType.Weak);
        nint bio = Crypto.BIO_new(Method.Value);
        Crypto.BIO_set_data(bio, GCHandle.ToIntPtr(_self));
        Ssl.SSL_set_ex_data(_ssl, 0, GCHandle.ToIntPtr(_self));
        Ssl.SSL_set_bio(_ssl, bio, bio);
    }

    /// <summary>The server's side of a session; <see cref="HandshakeAsync"/> comes first.</summary>
    public static TlsStream Server(TlsServerContext context, Stream inner)
    {
        TlsStream stream = new(context, inner);
        Ssl.SSL_set_accept_state(stream._ssl);
        return stream;
    }

    /// <summary>The client's side of a session; <see cref="HandshakeAsync"/> comes first.</summary>
    /// <exception cref="TlsException">The library refuses an option.</exception>
    public static TlsStream Client(TlsClientContext context, Stream inner, TlsClientOptions options)
    {
        TlsStream stream = new(context, inner);
        try
        {
            stream.SetClientOptions(options);
            Ssl.SSL_set_connect_state(stream._ssl);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Server: finds keys for the name that a client asks for. Null keeps to the context's.</summary>
    public TlsNameLookup? NameLookup { get; set; }

    /// <summary><see cref="NameLookup"/> had keys for the name that the client asked for.</summary>
    public bool HasKeysForName { get; private set; }

    /// <summary>Server: the name that the client asked for, made printable; empty when it did not.</summary>
    public string ServerName { get; private set; } = "";

    /// <summary>Client: the session to resume later, once the server has sent one.</summary>
    public byte[]? NewSession { get; private set; }

    /// <summary>Client: how many sessions the server has sent by now.</summary>
    public int NewSessions { get; private set; }

    internal nint Handle => _ssl;

    private bool KeepsSession { get; set; }

    /// <summary>Agrees with the peer.</summary>
    /// <param name="limit">Longest time of the whole handshake.</param>
    public async ValueTask<TlsHandshake> HandshakeAsync(TimeSpan limit, CancellationToken stop)
    {
        using CancellationTokenSource timer = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timer.CancelAfter(limit);
        try
        {
            while (true)
            {
                (int error, IReadOnlyList<string> problems) = Step();
                await FlushPendingAsync(timer.Token);
                switch (error)
                {
                    case 0:
                        return new TlsHandshake(TlsHandshakeStatus.Done, []);
                    case Ssl.ErrorWantRead when !_inputEnded:
                        await FillAsync(timer.Token);
                        break;
                    case Ssl.ErrorWantClientHello:
                        await AnswerNameAsync(timer.Token);
                        break;
                    default:
                        _isBroken = true;
                        return _inputEnded ? new TlsHandshake(TlsHandshakeStatus.Lost, []) : new TlsHandshake(TlsHandshakeStatus.Failed, problems);
                }
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            _isBroken = true;
            return new TlsHandshake(TlsHandshakeStatus.Timeout, []);
        }
        catch (Exception failure) when (failure is IOException)
        {
            _isBroken = true;
            return new TlsHandshake(TlsHandshakeStatus.Lost, []);
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = TryRead(buffer.Span);
        return count >= 0 && _outputCount == 0 ? new ValueTask<int>(count) : ReadMoreAsync(buffer, count, cancellationToken);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Everything is taken from the buffer before the first wait where it fits into one go.
        int taken = Encrypt(buffer.Span);
        ValueTask flush = FlushPendingAsync(cancellationToken);
        return taken == buffer.Length ? flush : WriteRestAsync(flush, buffer[taken..], cancellationToken);
    }

    /// <summary>Tells the peer that no more will come, and waits until it has said the same.</summary>
    /// <param name="patience">Longest wait for its answer; what it sends otherwise is thrown away.</param>
    /// <param name="stop">The end of this process.</param>
    public async ValueTask ShutdownAsync(TimeSpan patience, CancellationToken stop)
    {
        await ShutdownAsync(stop);
        using CancellationTokenSource timer = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timer.CancelAfter(patience);
        byte[] rest = new byte[512];
        try
        {
            while (await ReadAsync(rest, timer.Token) > 0)
            {
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException)
        {
            // It has gone without a word, or has none.
        }
    }

    /// <summary>Tells the peer that no more will come; does not wait for its answer.</summary>
    public async ValueTask ShutdownAsync(CancellationToken stop = default)
    {
        lock (_lock)
        {
            if (_ssl == 0 || _isBroken)
            {
                return;
            }

            Crypto.ERR_clear_error();
            _ = Ssl.SSL_shutdown(_ssl);
        }

        await FlushPendingAsync(stop);
    }

    protected override void Dispose(bool disposing)
    {
        lock (_lock)
        {
            if (_ssl != 0)
            {
                Ssl.SSL_free(_ssl);
                _ssl = 0;
                _self.Free();
            }

            if (!_reads)
            {
                Return(ref _input);
                _inputStart = _inputEnd = 0;
            }

            if (!_flushes)
            {
                Return(ref _output);
                _outputCount = 0;
            }
        }

        base.Dispose(disposing);
    }

    ~TlsStream() => Dispose(false);

    private async ValueTask AnswerNameAsync(CancellationToken stop)
    {
        byte[]? pem = NameLookup is null ? null : await NameLookup(ServerName, stop);
        _nameIsAnswered = true;
        if (pem is null)
        {
            return;
        }

        HasKeysForName = true;
        using PemKeys keys = PemKeys.FromText(pem, ServerName);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_ssl == 0, this);
            if (!keys.UseInSession(_ssl))
            {
                throw new TlsException($"cannot use the certificate for {ServerName}", TlsLibrary.Errors());
            }
        }
    }

    private async ValueTask<int> ReadMoreAsync(Memory<byte> buffer, int count, CancellationToken stop)
    {
        while (true)
        {
            if (_outputCount > 0)
            {
                await FlushPendingAsync(stop);
            }

            if (count >= 0)
            {
                return count;
            }

            await FillAsync(stop);
            count = TryRead(buffer.Span);
        }
    }

    // The library has consumed everything that was here.
    private async ValueTask FillAsync(CancellationToken stop)
    {
        byte[] buffer;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_ssl == 0, this);
            int size = _readsBulk ? LargeBuffer : SmallBuffer;
            if (_input.Length < size || (!_readsBulk && _input.Length >= LargeBuffer))
            {
                Return(ref _input);
                _input = ArrayPool<byte>.Shared.Rent(size);
            }

            _inputStart = _inputEnd = 0;
            buffer = _input;
            _reads = true;
        }

        int count = 0;
        try
        {
            count = await _inner.ReadAsync(buffer, stop);
        }
        finally
        {
            lock (_lock)
            {
                _reads = false;
                if (_ssl == 0)
                {
                    Return(ref _input);
                }
                else
                {
                    _inputEnd = count;
                }
            }
        }

        _inputEnded |= count == 0;
        _readsBulk = count == buffer.Length || (_readsBulk && count > SmallBuffer);
    }

    private async ValueTask WriteRestAsync(ValueTask flush, ReadOnlyMemory<byte> rest, CancellationToken stop)
    {
        await flush;
        while (!rest.IsEmpty)
        {
            rest = rest[Encrypt(rest.Span)..];
            await FlushPendingAsync(stop);
        }
    }

    private ValueTask FlushPendingAsync(CancellationToken stop)
    {
        byte[] bytes;
        int count;
        lock (_lock)
        {
            // Whoever writes already takes along what came meanwhile.
            if (_outputCount == 0 || _flushes)
            {
                return ValueTask.CompletedTask;
            }

            (bytes, count) = (_output, _outputCount);
            _output = [];
            _outputCount = 0;
            _flushes = true;
        }

        return WritePendingAsync(bytes, count, stop);
    }

    private async ValueTask WritePendingAsync(byte[] bytes, int count, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await _inner.WriteAsync(bytes.AsMemory(0, count), stop);
            }
            catch
            {
                lock (_lock)
                {
                    _flushes = false;
                    _isBroken = true;
                }

                ArrayPool<byte>.Shared.Return(bytes);
                throw;
            }

            ArrayPool<byte>.Shared.Return(bytes);
            lock (_lock)
            {
                if (_outputCount == 0)
                {
                    _flushes = false;
                    if (_ssl == 0)
                    {
                        Return(ref _output);
                    }

                    return;
                }

                (bytes, count) = (_output, _outputCount);
                _output = [];
                _outputCount = 0;
            }
        }
    }
}
