using System.Net;
using System.Net.Sockets;
using Mta.Config;
using Mta.Delivery.Routing;
using Mta.Delivery.Security;
using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Text;
using Mta.Tls;
using NLog;

namespace Mta.Smtp;

/// <summary>Extensions that a server announced (EHLO keywords) and that are used here.</summary>
[Flags]
internal enum ServerFeatures
{
    None = 0,
    Esmtp = 1,
    EightBitMime = 2,
    Pipelining = 4,
    Size = 8,
    Dsn = 16,
    SmtpUtf8 = 32,
    XforwardName = 64,
    XforwardAddress = 128,
    XforwardPort = 256,
    XforwardProtocol = 512,
    XforwardHelo = 1024,
    XforwardIdent = 2048,
    XforwardSource = 4096,
    StartTls = 8192,
    Auth = 16384,
    Chunking = 32768,
    RequireTls = 65536,
}

/// <summary>
/// A connection to one server, from connect to close; between deliveries it may rest in the <see cref="SessionPool"/>.
/// Used by one delivery at a time.
/// </summary>
internal sealed class SmtpSession : IDisposable
{
    private const int OutputSize = 16 * 1024;

    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly SmtpSettings _settings;
    private readonly SocketStream _stream;
    private readonly long _openedAt = Environment.TickCount64;

    private SmtpSession(SmtpSettings settings, SmtpTables tables, ServerAddress server, SocketStream stream)
    {
        _settings = settings;
        Server = server;
        _stream = stream;
        Input = new BufferedInput(_stream);
        Output = new BufferedOutput(_stream, OutputSize);
        Replies = new ReplyReader(Input, server.NameWithPort, settings.ReplyLengthLimit, tables.ReplyFilter) { OnGarbage = NoteGarbage, OnFilterFailure = line => Log.Warn($"{QueueId}: table {string.Join(", ", tables.ReplyFilter!.Tables.Select(static table => table.Reference))} lookup error for {line}") };
        bool isLogged = settings.IsVerbose || (!tables.DebugPeers.IsEmpty && tables.DebugPeers.MatchesAsync(server.Host, $"{server.EndPoint?.Address}", CancellationToken.None).AsTask().GetAwaiter().GetResult() == MatchResult.Yes);
        Transcript = tables.Notice.IsWanted || isLogged ? new SessionTranscript(isLogged ? server.NameWithPort : null) : null;
    }

    public ServerAddress Server { get; private set; }

    /// <summary>The message under way, for log lines.</summary>
    public string QueueId { get; set; } = "";

    /// <summary>What was demanded of the server when this session was opened.</summary>
    public TlsPolicy Policy { get; init; } = TlsPolicy.Off;

    /// <summary>The TLS stream, once there is one.</summary>
    public TlsStream? Tls { get; private set; }

    /// <summary>What was agreed; null without TLS.</summary>
    public TlsSession? TlsSession { get; private set; }

    /// <summary>The certificate is the one that the policy wants: safe for what only this server may see.</summary>
    public bool IsTlsMatched { get; private set; }

    /// <summary>A trusted authority vouches for the certificate, whatever its name.</summary>
    public bool IsTlsTrusted { get; private set; }

    /// <summary>What a resting session is kept under: the address, and what was demanded.</summary>
    public string PoolKey => Server.Key + Policy.Key + LoginKey;

    /// <summary>What the message under way demands by REQUIRETLS.</summary>
    public RequireTlsLevel RequireTls { get; init; }

    /// <summary>Who is logged in: others do not use the session. Empty: nobody.</summary>
    public string LoginKey { get; set; } = "";

    /// <summary>Mechanisms that the server offers for logging in.</summary>
    public List<string> AuthMechanisms { get; } = [];

    /// <summary>The name by which the server answered EHLO.</summary>
    public string HelloName { get; set; } = "";

    /// <summary>Shakes hands; everything that was read ahead is forgotten (RFC 3207 §4.2).</summary>
    /// <returns>Why this server gets no mail now; null when it does.</returns>
    public async ValueTask<Dsn?> StartTlsAsync(ClientTls tls, TlsTarget target, CancellationToken stop)
    {
        ClientTlsResult result = await tls.StartAsync(_stream, target, Policy, HelloName, stop);
        if (result.Stream is null)
        {
            IsBroken = true;
            HasFailedTls = true;
            return result.Failure;
        }

        Tls = result.Stream;
        TlsSession = result.Session;
        IsTlsMatched = result.IsMatched;
        IsTlsTrusted = result.IsTrusted;
        Input.SwitchTo(Tls);
        Output.SwitchTo(Tls);
        Features = ServerFeatures.None;
        AuthMechanisms.Clear();
        SizeLimit = 0;
        return result.Failure;
    }

    /// <summary>TLS did not come about, or the connection was lost under it.</summary>
    public bool HasFailedTls { get; private set; }

    public BufferedInput Input { get; }

    public BufferedOutput Output { get; }

    public ReplyReader Replies { get; }

    public ServerFeatures Features { get; set; }

    /// <summary>Largest message the server takes, in bytes; 0 when it does not say.</summary>
    public long SizeLimit { get; set; }

    /// <summary>Deliveries that used this session, the current one included.</summary>
    public int UseCount { get; set; } = 1;

    /// <summary>What both sides said; null when nobody wants to know.</summary>
    public SessionTranscript? Transcript { get; }

    /// <summary>What is being done, for <c>lost connection with ... while ...</c>.</summary>
    public string State { get; set; } = "";

    /// <summary>The dialogue went wrong: nothing more is sent, and the session is not used again.</summary>
    public bool IsBroken { get; set; }

    /// <summary>The server said something that is no reply, or not what was asked: not used again.</summary>
    public bool HasProtocolError { get; set; }

    /// <summary>Wait before the line that ends the message, for a firewall that takes it apart.</summary>
    public bool DelaysEndOfData { get; set; }

    public bool Has(ServerFeatures feature) => (Features & feature) != 0;

    /// <summary>The session may serve a further delivery after this one.</summary>
    public bool MayBeReused =>
        !IsBroken && !HasProtocolError && (Tls is null || Policy.ReusesConnections)
        && Environment.TickCount64 - _openedAt < _settings.ReuseTimeLimit.TotalMilliseconds
        && (_settings.ReuseCountLimit <= 0 || UseCount < _settings.ReuseCountLimit);

    /// <summary>The server has closed a resting session, or said something unasked (such as 421).</summary>
    public bool IsStale => !Input.Available.IsEmpty || _stream.HasInput;

    /// <summary>Takes a resting session for another name of the same address.</summary>
    public void Reuse(ServerAddress server)
    {
        Server = server;
        UseCount++;
    }

    // Something between us and the server answers in its stead, or does not know pipelining.
    private void NoteGarbage(string line)
    {
        if (Has(ServerFeatures.Pipelining))
        {
            Log.Warn($"{QueueId}: non-{(_settings.IsLmtp ? "LMTP" : "ESMTP")} response from {Server.NameWithPort}: {line}");
            Log.Warn($"to prevent loss of mail, turn off command pipelining for {Server.AddressText} with the {(_settings.IsLmtp ? "lmtp_discard_lhlo" : "smtp_discard_ehlo")}_keyword_address_maps parameter");
        }
    }

    /// <summary>Connects.</summary>
    /// <returns>The session, or why there is none.</returns>
    public static async ValueTask<(SmtpSession? Session, Dsn? Failure)> ConnectAsync(SmtpSettings settings, SmtpTables tables, ServerAddress server, TlsPolicy policy, RequireTlsLevel requireTls, CancellationToken stop)
    {
        string error;
        using CancellationTokenSource timer = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (settings.ConnectTimeout > TimeSpan.Zero)
        {
            timer.CancelAfter(settings.ConnectTimeout);
        }

        try
        {
            return server.EndPoint is null
                ? (new SmtpSession(settings, tables, server, await UnixSocket.ConnectAsync(server.UnixPath, timer.Token)) { Policy = policy, RequireTls = requireTls }, null)
                : await ConnectAsync(settings, tables, server, server.EndPoint, policy, requireTls, timer.Token);
        }
        catch (LinuxException failure)
        {
            error = failure.Reason;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            error = Errno.Text(Errno.ETIMEDOUT);
        }

        string reason = $"connect to {server.NameWithPort}: {error}";
        if (server.EndPoint is not null)
        {
            Log.Info(reason);
        }

        return (null, new Dsn("4.4.1", "", reason));
    }

    private static async ValueTask<(SmtpSession? Session, Dsn? Failure)> ConnectAsync(SmtpSettings settings, SmtpTables tables, ServerAddress server, IPEndPoint endPoint, TlsPolicy policy, RequireTlsLevel requireTls, CancellationToken stop)
    {
        FileHandle socket = InetSocket.New(endPoint.AddressFamily);
        if (settings.WindowSize > 0)
        {
            InetSocket.SetWindow(socket, settings.WindowSize);
        }

        if (Bind(settings, server, socket) is Dsn misconfigured)
        {
            Log.Info(misconfigured.Reason);
            socket.Dispose();
            return (null, misconfigured);
        }

        SocketStream stream = await SocketStream.ConnectAsync(socket, endPoint, stop);
        return (new SmtpSession(settings, tables, server, stream) { Policy = policy, RequireTls = requireTls }, null);
    }

    /// <summary>Sets the time limit for what comes next: of each read and write, or of the whole request.</summary>
    public void SetTimeout(TimeSpan limit)
    {
        Input.Timeout = Output.Timeout = limit;
        Input.Deadline = _settings.PerRequestDeadline ? Environment.TickCount64 + (long)limit.TotalMilliseconds : 0;
    }

    /// <summary>Sends what was written and reads one reply.</summary>
    public async ValueTask<SmtpReply> AskAsync(CancellationToken stop)
    {
        Transcript?.Sends(Output.PendingBytes);
        await Output.FlushAsync(stop);
        return await ReadReplyAsync(stop);
    }

    /// <summary>Reads one reply; what is no reply keeps the session from being used again.</summary>
    public async ValueTask<SmtpReply> ReadReplyAsync(CancellationToken stop)
    {
        SmtpReply reply = await Replies.ReadAsync(stop);
        Transcript?.Receives(reply);
        HasProtocolError |= reply.IsGarbled;
        return reply;
    }

    /// <summary>Ends the dialogue if it is still in order, and closes.</summary>
    public async ValueTask QuitAsync(CancellationToken stop)
    {
        try
        {
            if (!IsBroken)
            {
                SetTimeout(_settings.QuitTimeout);
                State = "sending QUIT";
                Output.Write("QUIT\r\n"u8);
                Transcript?.Sends("QUIT"u8);
                await Output.FlushAsync(stop);
                if (!_settings.SkipsQuitReply)
                {
                    await Replies.ReadAsync(stop);
                }
            }
        }
        catch (Exception failure) when (IsConnectionLoss(failure))
        {
            // Nothing depends on how it ends.
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Waits for the reply to a QUIT that is on its way, and closes.</summary>
    public async ValueTask ReadQuitReplyAsync(CancellationToken stop)
    {
        try
        {
            SetTimeout(_settings.QuitTimeout);
            await Replies.ReadAsync(stop);
        }
        catch (Exception failure) when (IsConnectionLoss(failure))
        {
            // Nothing depends on how it ends.
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Whether an exception says that the server went away or was too slow.</summary>
    public static bool IsConnectionLoss(Exception failure) =>
        failure is IOException or TimeoutException or InvalidDataException or ObjectDisposedException;

    /// <summary>The failure that a lost or slow connection means.</summary>
    public Dsn LossOf(Exception failure)
    {
        IsBroken = true;
        HasFailedTls |= Tls is not null;
        if (failure is LocalDataException)
        {
            return new Dsn("4.3.0", "", $"local data error while talking to {Server.Name}");
        }

        return failure is TimeoutException
            ? new Dsn("4.4.2", "", $"conversation with {Server.Name} timed out while {State}")
            : new Dsn("4.4.2", "", $"lost connection with {Server.Name} while {State}");
    }

    /// <summary>A failure in the server's own words.</summary>
    /// <param name="reason">What is told to people; the reply itself goes into the diagnostic field.</param>
    public Dsn FailureOf(SmtpReply reply, string status, string reason) =>
        new(status, "", reason, "smtp", reply.Text, "dns", Server.Host);

    public void Dispose()
    {
        Input.Dispose();
        Output.Dispose();
        Tls?.Dispose();
        _stream.Dispose();
    }

    private static Dsn? Bind(SmtpSettings settings, ServerAddress server, FileHandle socket)
    {
        IPAddress? address = server.EndPoint?.AddressFamily switch
        {
            AddressFamily.InterNetwork => settings.BindAddress,
            AddressFamily.InterNetworkV6 => settings.BindAddress6,
            _ => null,
        };
        if (address is null)
        {
            return null;
        }

        int errno = InetSocket.TryBind(socket, address);
        if (errno == 0)
        {
            return null;
        }

        Log.Warn($"smtp_connect_addr: bind {address}: {Errno.Text(errno)}");
        return settings.EnforcesBindAddress ? new Dsn("4.4.0", "", "server configuration error") : null;
    }
}
