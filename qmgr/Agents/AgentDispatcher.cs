using Mta.Linux;
using Mta.Mail;
using Mta.Mail.Protocols;
using Mta.Qmgr.Loop;
using Mta.Qmgr.Scheduling;
using Mta.Text;

namespace Mta.Qmgr.Agents;

/// <summary>
/// Brings entries to delivery agents and results back. An agent announces itself before its work is chosen. After
/// a final list the next request goes over the same stream, unless the agents of that transport close then.
/// </summary>
internal sealed class AgentDispatcher(EventLoop loop, QmgrSettings settings, Scheduler scheduler)
{
    private const string TransportUnavailable = "4.3.0 mail transport unavailable";
    private static readonly TimeSpan BacklogPause = TimeSpan.FromMilliseconds(50);

    private readonly AgentPool _pool = new(idleSeconds: 4);
    private readonly DeliveryRequest _request = new();
    private readonly VerpSender _verp = new(settings.DefaultVerpDelimiters);

    /// <summary>Starts a task on the loop; its failure ends the process.</summary>
    public Action<Task> Track { get; set; } = static _ => { };

    public int BusyAgents { get; private set; }

    /// <summary>Gives work to every transport that may take some.</summary>
    public void Drain()
    {
        while (scheduler.NextTransport() is { } transport)
        {
            if (_pool.TryTake(transport, out AgentConnection connection))
            {
                if (!TryStart(connection))
                {
                    return;
                }
            }
            else
            {
                StartConnect(transport, resumed: null);
            }
        }
    }

    /// <summary>Called about once a second.</summary>
    public void CloseIdle() => _pool.CloseIdle(loop.Now);

    private static TimeSpan Limit(TimeSpan time) => time > TimeSpan.Zero ? time : Timeout.InfiniteTimeSpan;

    // With an entry to resume, the connection is for that entry alone.
    private void StartConnect(Transport transport, Entry? resumed)
    {
        if (resumed is null)
        {
            transport.PendingConnects++;
            transport.IsRateLocked = transport.Settings.TransportRateDelay > TimeSpan.Zero;
        }

        Track(ConnectAsync(transport, resumed));
    }

    private async Task ConnectAsync(Transport transport, Entry? resumed)
    {
        AgentConnection? connection = await TryConnectAsync(transport);
        if (resumed is null)
        {
            transport.PendingConnects--;
        }

        if (connection is null)
        {
            transport.IsRateLocked = false;
            scheduler.KillTransport(transport, TransportUnavailable);
            if (resumed is not null)
            {
                Conclude(resumed, Dsn.Empty, -1, agentLost: true);
            }

            return;
        }

        if (resumed is not null)
        {
            Track(DeliverAsync(connection, resumed));
            return;
        }

        if (transport.IsRateLocked)
        {
            await Task.Delay(transport.Settings.TransportRateDelay);
        }

        TryStart(connection);
    }

    private async ValueTask<AgentConnection?> TryConnectAsync(Transport transport)
    {
        FileHandle socket;
        long start = Environment.TickCount64;
        while (true)
        {
            int errno = UnixStreamSocket.TryConnect("private/" + transport.Name, out socket);
            if (errno == 0)
            {
                break;
            }

            if (errno != Errno.EAGAIN)
            {
                LogLines.ConnectFailed(transport.Name, errno);
                return null;
            }

            // More connections wait than the service accepts: its processes are busy.
            if (settings.DaemonTimeout > TimeSpan.Zero && Environment.TickCount64 - start > settings.DaemonTimeout.TotalMilliseconds)
            {
                throw new FatalException($"timeout connecting to transport: {transport.Name}");
            }

            await Task.Delay(BacklogPause);
        }

        AgentConnection connection = new(transport, new LoopStream(loop, socket), Limit(settings.DaemonTimeout), Limit(settings.IpcTimeout));
        try
        {
            await connection.ReadAnnouncementAsync();
            return connection;
        }
        catch (TimeoutException)
        {
            throw new FatalException($"timeout connecting to transport: {transport.Name}");
        }
        catch (IOException error)
        {
            LogLines.NoGreeting(transport.Name, error.Message);
            connection.Dispose();
            return null;
        }
    }

    // Chooses work for an agent that is ready. False when there is none after all.
    private bool TryStart(AgentConnection connection)
    {
        Transport transport = connection.Transport;
        Entry? entry = scheduler.SelectEntry(transport);
        if (entry is null)
        {
            transport.IsRateLocked = false;
            Park(connection);
            return false;
        }

        Track(DeliverAsync(connection, entry));
        return true;
    }

    private void Park(AgentConnection connection)
    {
        if (connection.Transport.OneRequestPerConnection || connection.Transport.Settings.TransportRateDelay > TimeSpan.Zero)
        {
            connection.Dispose();
        }
        else
        {
            _pool.Add(connection, loop.Now);
        }
    }

    private async Task DeliverAsync(AgentConnection connection, Entry entry)
    {
        BusyAgents++;
        DeliveryResult? result = null;
        string? malformed = null;
        try
        {
            WriteRequest(connection.Writer, entry);
            await connection.Output.FlushAsync();
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            BusyAgents--;
            connection.Dispose();
            if (connection.Completed > 0)
            {
                Resume(connection, entry);
                return;
            }

            scheduler.KillTransport(connection.Transport, TransportUnavailable);
            Conclude(entry, Dsn.Empty, -1, agentLost: true);
            return;
        }

        try
        {
            result = await DeliveryProtocol.ReadFinalAsync(connection.Reader, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            throw new FatalException($"{entry.Message.QueueId}: timeout receiving delivery status from transport: {connection.Transport.Name}");
        }
        catch (IOException error)
        {
            malformed = error is AttributeFormatException ? error.Message : null;
        }

        BusyAgents--;
        if (result is null)
        {
            connection.Dispose();
            if (connection.Completed > 0 && malformed is null)
            {
                Resume(connection, entry);
                return;
            }

            LogLines.AgentLost(connection.Transport.Name, malformed ?? "");
            Conclude(entry, Dsn.Empty, -1, agentLost: true);
            return;
        }

        connection.Reader.Leave();
        connection.Completed++;
        connection.Transport.ReusesConnections |= connection.Completed > 1;
        Conclude(entry, result.Hop, result.Status, agentLost: false);
        if (connection.Transport.OneRequestPerConnection || !connection.Input.Available.IsEmpty)
        {
            connection.Dispose();
        }
        else if (connection.Transport.DeadReason is null && connection.Transport.Settings.TransportRateDelay <= TimeSpan.Zero)
        {
            TryStart(connection);
        }
        else
        {
            Park(connection);
        }
    }

    // The agent closed instead of taking a second request: it is one that takes one request per connection, or it
    // has just retired. What it was sent is repeated on a connection of its own.
    private void Resume(AgentConnection connection, Entry entry)
    {
        Transport transport = connection.Transport;
        if (!transport.ReusesConnections)
        {
            transport.OneRequestPerConnection = true;
        }

        StartConnect(transport, entry);
    }

    private void Conclude(Entry entry, Dsn hop, int status, bool agentLost)
    {
        Transport transport = entry.Queue.Transport;
        if (agentLost)
        {
            entry.Message.IsDeferred = true;
        }
        else
        {
            scheduler.ReviveTransport(transport);
            if (status == 0)
            {
                if (hop.Reason.Length == 0)
                {
                    scheduler.RecordResult(entry, null);
                }
            }
            else
            {
                entry.Message.IsDeferred = true;
                if (hop.Status.Length > 0)
                {
                    string code = EnhancedStatus.TryParse(hop.Status, out _) ? hop.Status : "4.0.0";
                    string reason = hop.Reason.Length > 0 ? hop.Reason : "unknown error";
                    scheduler.RecordResult(entry, $"{code} delivery temporarily suspended: {reason}");
                }
                else if (hop.Reason.Length == 0)
                {
                    scheduler.RecordResult(entry, null);
                }
            }
        }

        scheduler.Finish(entry);
    }

    private void WriteRequest(AttributeWriter writer, Entry entry)
    {
        Message message = entry.Message;
        DestinationQueue queue = entry.Queue;
        DeliveryRequest request = _request;
        request.Flags = DeliveryFlags.MarkDone | DeliveryFlags.Bounce | message.TraceFlags
            | (queue.MayLoadConnection ? DeliveryFlags.ConnectionLoad : DeliveryFlags.None)
            | (queue.MayStoreConnection ? DeliveryFlags.ConnectionStore : DeliveryFlags.None);
        request.QueueId = message.QueueId;
        request.ContentOffset = message.ContentOffset;
        request.ContentLength = message.ContentLength;
        request.NextHop = entry.Recipients[0].NextHop;
        request.Encoding = message.Encoding;
        request.SmtpUtf8 = message.SmtpUtf8;
        request.Sender = message.Sender;
        request.EnvelopeId = message.EnvelopeId;
        request.Ret = message.Ret;
        request.Times = new MessageTimes(message.Arrival, message.EnteredActive);
        request.ClientName = message.ClientName;
        request.ClientAddress = message.ClientAddress;
        request.ClientPort = message.ClientPort;
        request.ClientProtocol = message.ClientProtocol;
        request.ClientHelo = message.ClientHelo;
        request.SaslMethod = message.SaslMethod;
        request.SaslUsername = message.SaslUsername;
        request.SaslSender = message.SaslSender;
        request.LogIdent = message.LogIdent;
        request.RewriteContext = message.RewriteContext;
        request.Recipients.Clear();
        foreach (Recipient recipient in entry.Recipients)
        {
            request.Recipients.Add(recipient.Wire);
            if (!Ascii.IsAscii(recipient.Address) && ByteString.TryToUnicode(recipient.Address, out _))
            {
                request.SmtpUtf8 |= 8;
                request.SmtpUtf8 |= message.VerpDelimiters.Length > 0 ? 4 : 0;
            }
        }

        if (message.VerpDelimiters.Length > 0 && message.Sender.Length > 0)
        {
            request.Sender = _verp.For(message, entry.Recipients[0]);
        }

        DeliveryProtocol.WriteRequest(writer, request);
    }
}
