using Mta.Service;
using Mta.Smtpd.Identity;
using Mta.Text;
using Mta.Tls;

namespace Mta.Smtpd;

/// <summary>
/// What one client session knows. Small: thousands live in one process. Used by its own session loop only.
/// </summary>
internal sealed class Session : IDisposable
{
    private HashSet<string>? _complaints;

    public Session(SmtpdServer server, ClientConnection connection, ClientIdentity client)
    {
        Server = server;
        Settings = connection.Context.IsStressed ? server.StressedSettings : server.Settings;
        Connection = connection;
        Client = client;
        NameAndAddress = "";
        Become(client);
        ServerAddress = connection.Local.IsInternet ? connection.Local.Address : "";
        ServerPort = connection.Local.Port;
        Commands = new CommandReader(this);
    }

    public SmtpdServer Server { get; }

    /// <summary>The settings in force when the session began: under stress, the short ones.</summary>
    public SmtpdSettings Settings { get; }

    public ClientConnection Connection { get; }

    public BufferedInput Input => Connection.Input;

    public BufferedOutput Output => Connection.Output;

    public ClientIdentity Client { get; private set; }

    /// <summary><c>name[address]</c> with the port where the configuration wants it.</summary>
    public string NameAndAddress { get; private set; }

    /// <summary>This end of the connection; empty when unknown.</summary>
    public string ServerAddress { get; set; }

    public int ServerPort { get; set; }

    public bool MayXclient { get; set; }

    public bool MayXforward { get; set; }

    /// <summary>What XFORWARD told about the client of the next message.</summary>
    public ForwardedClient? Forwarded { get; set; }

    /// <summary>Who has logged in; null for nobody.</summary>
    public Login? Login { get; set; }

    /// <summary>This server knows logins itself: AUTH is served to this client.</summary>
    public bool IsSaslActive => SmtpdSasl.IsActive(this);

    /// <summary>A user has logged in, and that opens doors.</summary>
    public bool IsAuthenticated => IsSaslActive && Login is { IsAnonymous: false };

    /// <summary>The TLS session in force; null in plain text.</summary>
    public Encryption? Encryption => Tls is null ? null : new Encryption(
        Tls.Protocol,
        Tls.Cipher,
        Tls.CipherBits,
        Tls.Peer is { } peer ? new ClientCertificate(peer.SubjectCn, peer.IssuerCn, peer.Fingerprint, peer.KeyFingerprint, Tls.IsTrusted) : null);

    /// <summary>What was said; null when nobody wants to know.</summary>
    public Transcript? Transcript { get; init; }

    /// <summary>What is said goes into the log (<c>debug_peer_list</c>, option -v).</summary>
    public bool LogsDialogue { get; set; }

    /// <summary>Kinds of trouble met so far.</summary>
    public NoticeClass Notices { get; set; }

    /// <summary>The next refusal is a restriction's.</summary>
    public bool IsPolicy { get; set; }

    /// <summary>Why the session ended before its time; null when it did not.</summary>
    public string? AbortReason { get; set; }

    /// <summary>The client may ask for variable return paths (XVERP).</summary>
    public bool MayVerp { get; set; }

    /// <summary>Connections of this client at its arrival, this one included; 0 when they are not counted.</summary>
    public int ConnectionCount { get; set; }

    /// <summary>The filters of this session; null without any.</summary>
    public SessionMilters? Milters { get; set; }

    /// <summary>XCLIENT has changed the client: the session begins anew.</summary>
    public bool MustRestart { get; set; }

    public CommandReader Commands { get; }

    /// <summary>What was agreed and who the client is; null without TLS.</summary>
    public TlsSession? Tls { get; set; }

    /// <summary>The stream of <see cref="Tls"/>, from the start of the handshake on.</summary>
    public TlsStream? TlsStream { get; set; }

    /// <summary>The name that the client asked for in the TLS handshake, where names are told apart; else empty.</summary>
    public string TlsServerName { get; set; } = "";

    /// <summary>The client's certificate is not what is required: the answer to its next command, which is the last.</summary>
    public string? TlsRefusal { get; set; }

    /// <summary>The client runs below <c>sendmail -bs</c>: no restrictions.</summary>
    public bool IsStandalone { get; init; }

    public BareNewlineMode BareNewline { get; set; }

    /// <summary>Extensions hidden from this client.</summary>
    public EhloKeywords Hidden { get; set; }

    /// <summary>Argument of HELO or EHLO, made printable; null before.</summary>
    public string? HeloName { get; set; }

    /// <summary>The client said EHLO: pipelining is allowed.</summary>
    public bool IsExtended { get; set; }

    /// <summary><c>SMTP</c> or <c>ESMTP</c>: also before any greeting, as in the log.</summary>
    public string Protocol { get; set; } = "SMTP";

    /// <summary>Where the session stands, for log lines: the last command, <c>CONNECT</c>, <c>END-OF-MESSAGE</c>.</summary>
    public string Stage { get; set; } = "CONNECT";

    public int ErrorCount { get; set; }

    public int JunkCount { get; set; }

    /// <summary>Counters of the disconnect line; a field, since it is changed in place.</summary>
    public CommandStatistics Statistics;

    /// <summary>The client sent several commands at once where it must not.</summary>
    public bool HasImproperPipelining { get; set; }

    public bool SawBareNewline { get; set; }

    /// <summary>The text that refused the client at the start (<c>smtpd_delay_reject = no</c>).</summary>
    public string? AccessDenied { get; set; }

    /// <summary>Content is being received: its size so far belongs into log lines.</summary>
    public ContentDecoder? ContentProgress { get; set; }

    /// <summary>A reply or rule ends the session.</summary>
    public bool MustClose { get; set; }

    /// <summary>Nothing can or must be written any more.</summary>
    public bool IsBroken { get; set; }

    /// <summary>Where this client's doings are counted; null when they are not.</summary>
    public Mta.Mail.Protocols.AnvilSession? Anvil { get; set; }

    /// <summary>The client may go now without a word about it in the log.</summary>
    public bool EndsInOrder { get; set; }

    public MailTransaction? Transaction { get; private set; }

    /// <summary>The recipient that is being looked at, internal form.</summary>
    public string? CurrentRecipient { get; set; }

    /// <summary>Queue ID of the message on its way, or <c>NOQUEUE</c>.</summary>
    public string QueueId => Transaction?.Queue?.Id.Value ?? "NOQUEUE";

    /// <summary>Whether a complaint about a neighbour is new in this session.</summary>
    public bool SaysFirst(string complaint) => (_complaints ??= []).Add(complaint);

    /// <summary>The client is, or is taken for, this one.</summary>
    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(Client))]
    public void Become(ClientIdentity client)
    {
        Client = client;
        NameAndAddress = Settings.PortLogging ? $"{client.NameAndAddress}:{(client.Port == 0 ? ClientIdentity.Unknown : client.Port)}" : client.NameAndAddress;
    }

    public void Begin(MailTransaction transaction) => Transaction = transaction;

    /// <summary>Forgets the transaction; a message that was not finished is cancelled.</summary>
    public void Reset()
    {
        if (Milters is not null && HeloName is not null)
        {
            Milters.NeedsAbort = true;
        }

        if (Transaction is not null)
        {
            Forwarded = null;
        }

        Transaction?.Dispose();
        Transaction = null;
    }

    /// <summary>Writes the one reply to a command, unless the session has broken meanwhile.</summary>
    /// <returns>Whether the reply is a positive one.</returns>
    public async ValueTask<bool> AnswerAsync(string reply, CancellationToken stop)
    {
        if (!IsBroken)
        {
            await ReplyAsync(reply, stop);
        }

        return reply[0] == '2';
    }

    /// <summary>Writes one reply line; it is sent when the client is waited for.</summary>
    public ValueTask ReplyAsync(string line, CancellationToken stop)
    {
        return line[0] is '4' or '5' ? RefuseAsync(line, stop) : SendAsync(line, stop);
    }

    private async ValueTask RefuseAsync(string line, CancellationToken stop)
    {
        Notices |= IsPolicy ? NoticeClass.Policy : NoticeClasses.Of(line);
        IsPolicy = false;
        if (!Server.ReplyChanges.AreNone)
        {
            line = await Server.ReplyChanges.ApplyAsync(this, line, stop);
        }

        if (Settings.SoftBounce)
        {
            line = ReplyText.Soften(line);
        }

        if (line.StartsWith("421", StringComparison.Ordinal) || line.StartsWith("521", StringComparison.Ordinal))
        {
            MustClose = true;
        }

        await SendAsync(line, stop);
    }

    /// <summary>Remembers a command, where somebody wants to know.</summary>
    public void NoteCommand(string line)
    {
        Transcript?.In(line);
        if (LogsDialogue)
        {
            LogLines.Heard(this, line);
        }
    }

    private ValueTask SendAsync(string line, CancellationToken stop)
    {
        Transcript?.Out(line);
        if (LogsDialogue)
        {
            LogLines.Said(this, line);
        }

        return ErrorCount >= Settings.SoftErrorLimit && Settings.ErrorSleepTime > TimeSpan.Zero
            ? DelayedReplyAsync(line, stop)
            : WriteAsync(line);
    }

    public void Dispose()
    {
        Reset();
        Milters?.Dispose();
        Anvil?.Dispose();
        TlsStream?.Dispose();
    }

    // Clients that make errors are slowed down.
    private async ValueTask DelayedReplyAsync(string line, CancellationToken stop)
    {
        await Output.FlushAsync(stop);
        await Task.Delay(Settings.ErrorSleepTime, stop);
        await WriteAsync(line);
    }

    private ValueTask WriteAsync(string line)
    {
        ReplyText.Write(Output, line);
        return ValueTask.CompletedTask;
    }
}
