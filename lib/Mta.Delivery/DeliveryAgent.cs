using StringBuilder = System.Text.StringBuilder;
using Mta.Linux;
using Mta.Mail;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Text;
using NLog;

namespace Mta.Delivery;

/// <summary>
/// Delivers one request: for each recipient it reports an outcome and calls <see cref="Delivery.Finish"/>. It may run
/// recipients one after the other or at the same time.
/// </summary>
public delegate ValueTask DeliveryHandler(Delivery delivery, CancellationToken stop);

/// <summary>
/// The part that all delivery agents share: the request loop, and what is done about an outcome. One object serves all
/// clients of a process, concurrently.
/// </summary>
public sealed class DeliveryAgent(DeliverySettings settings, QueueDirectory queue, BounceClient bounces, VerifyClient verify, TimeProvider clock)
{
    /// <summary>The relay of agents that send nowhere.</summary>
    public const string NoRelay = "none";

    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public DeliverySettings Settings => settings;

    /// <summary>Called after a recipient was deferred (address, queue ID): the fast flush service wants to know.</summary>
    public Func<string, string, CancellationToken, ValueTask>? DeferredHook { get; init; }

    /// <summary><c>*_delivery_status_filter</c>, searched with <c>D.S.N text</c>; none when null.</summary>
    public StatusFilter? Filter { get; init; }

    internal QueueDirectory Queue => queue;

    internal BounceClient Bounces => bounces;

    /// <summary>
    /// Serves one client: announces, then takes request after request until the client closes. A queue manager that
    /// does not know of several requests per connection closes after the first.
    /// </summary>
    /// <param name="stop">No further request is taken; one that is under way is finished.</param>
    public async Task ServeAsync(BufferedInput input, BufferedOutput output, DeliveryHandler handler, CancellationToken stop)
    {
        AttributeWriter writer = new(output);
        AttributeReader reader = new(input);
        try
        {
            Announcement.Write(writer, DeliveryProtocol.Name);
            await output.FlushAsync(stop);
            while (true)
            {
                DeliveryRequest? request;
                bool isComplete;
                Dsn hop = Dsn.Empty;
                try
                {
                    request = await DeliveryProtocol.ReadRequestAsync(reader, stop);
                    if (request is null)
                    {
                        return;
                    }
                }
                catch (AttributeFormatException)
                {
                    DeliveryProtocol.WriteFinal(writer, Dsn.Empty, -1);
                    await output.FlushAsync(stop);
                    return;
                }

                (isComplete, hop) = await HandleAsync(request, handler);
                DeliveryProtocol.WriteFinal(writer, hop, isComplete ? 0 : -1);
                await output.FlushAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (FatalException error)
        {
            // The client sees a disconnect and tries again later; the other clients are not concerned.
            Log.Fatal(error.Message);
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            Log.Warn($"delivery request: {error.Message}");
        }
    }

    internal QueueId IdOf(DeliveryRequest request) => QueueId.TryParse(request.QueueId, out QueueId id) ? id : default;

    /// <summary>Handles one request that was already read: the loop's inside, for tests and in-process use.</summary>
    public async ValueTask<(bool IsComplete, Dsn Hop)> HandleAsync(DeliveryRequest request, DeliveryHandler handler)
    {
        if (request.Recipients.Count == 0 || !QueueName.IsValid(request.QueueName) || !QueueId.TryParse(request.QueueId, out QueueId id))
        {
            return (false, Dsn.Empty);
        }

        if (request.Times.HandOff == 0)
        {
            request.Times = request.Times with { HandOff = MessageTimes.Now(clock) };
        }

        int errno = QueueFileReader.TryOpen(queue, request.QueueName, id, out QueueFileReader? file);
        if (errno == Errno.ENOENT)
        {
            Log.Warn($"open {request.QueueName} {request.QueueId}: {Errno.Text(errno)}");
            return (false, Dsn.Empty);
        }

        if (file is null)
        {
            throw new FatalException($"open {request.QueueName} {request.QueueId}: {Errno.Text(errno)}");
        }

        using (file)
        {
            if (!file.IsReady)
            {
                return (false, Dsn.Empty);
            }

            if (!file.TryLock(FileLock.Shared))
            {
                throw new FatalException($"shared lock {request.QueueName}/{request.QueueId}: {Errno.Text(Errno.EAGAIN)}");
            }

            // Not cancelled at shutdown: half a delivery would be repeated in full.
            Delivery delivery = new(this, request, file);
            await handler(delivery, CancellationToken.None);
            return (delivery.IsComplete, delivery.Hop);
        }
    }

    /// <summary>Replaces a status that does not fit the outcome.</summary>
    internal Dsn Judge(Dsn dsn, char statusClass, string caller)
    {
        if (dsn.Status.Length > 0 && dsn.Status[0] == statusClass && EnhancedStatus.TryParse(dsn.Status, out _))
        {
            return dsn;
        }

        Log.Warn($"{caller}: ignoring dsn code \"{dsn.Status}\"");
        return dsn with { Status = $"{statusClass}.0.0" };
    }

    internal ValueTask<Dsn?> FilterAsync(Dsn dsn, CancellationToken stop) =>
        Filter is null ? new ValueTask<Dsn?>((Dsn?)null) : Filter.ApplyAsync(dsn, stop);

    internal async ValueTask<bool> TraceAsync(Delivery delivery, DeliveryRecipient recipient, string relay, Dsn dsn, CancellationToken stop)
    {
        if (await bounces.AppendAsync(BounceService.Trace, delivery.Request.Flags & DeliveryFlags.TraceMask, delivery.QueueId, recipient, Via(relay, dsn), stop) == 0)
        {
            return true;
        }

        Log.Warn($"{delivery.QueueId}: {settings.BounceServices.Trace} service failure");
        return false;
    }

    internal async ValueTask<bool> ReportProbeAsync(Delivery delivery, DeliveryRecipient recipient, string relay, Dsn dsn, VerifyStatus status, CancellationToken stop)
    {
        string action = status == VerifyStatus.Ok ? "deliverable" : "undeliverable";
        if (!delivery.Request.Flags.HasFlag(DeliveryFlags.MtaVerify))
        {
            if (!await TraceAsync(delivery, recipient, relay, dsn with { Action = action }, stop))
            {
                return false;
            }

            LogOutcome(delivery, recipient, relay, dsn, action);
            return true;
        }

        if (status != VerifyStatus.Ok && !settings.CacheNegativeProbes)
        {
            LogOutcome(delivery, recipient, relay, dsn, "undeliverable-but-not-cached");
            return true;
        }

        VerifyOutcome outcome = VerifyOutcome.Ok;
        if (recipient.OriginalRecipient.Length > 0)
        {
            outcome = await verify.UpdateAsync(recipient.OriginalRecipient, status, dsn.Reason, stop);
        }

        if (outcome == VerifyOutcome.Ok && !Ascii.EqualsIgnoreCase(recipient.OriginalRecipient, recipient.Address))
        {
            outcome = await verify.UpdateAsync(recipient.Address, status, dsn.Reason, stop);
        }

        if (outcome != VerifyOutcome.Ok)
        {
            Log.Warn($"{delivery.QueueId}: {settings.VerifyService} service failure");
            return false;
        }

        LogOutcome(delivery, recipient, relay, dsn, action);
        return true;
    }

    /// <summary>The delivery log line.</summary>
    internal void LogOutcome(Delivery delivery, DeliveryRecipient recipient, string relay, Dsn dsn, string status)
    {
        MessageTimes times = delivery.Times;
        long done = times.Done != 0 ? times.Done : MessageTimes.Now(clock);
        StringBuilder line = new(256);
        line.Append(delivery.QueueId).Append(": to=<").Append(Shown(recipient.Address)).Append('>');
        if (recipient.OriginalRecipient.Length > 0 && !Ascii.EqualsIgnoreCase(recipient.OriginalRecipient, recipient.Address))
        {
            line.Append(", orig_to=<").Append(Shown(recipient.OriginalRecipient)).Append('>');
        }

        line.Append(", relay=").Append(relay);
        if (times.ConnectionUse > 1)
        {
            line.Append(", conn_use=").Append(times.ConnectionUse);
        }

        long active = times.Active != 0 ? times.Active : done;
        long handOff = times.HandOff != 0 ? times.HandOff : done;
        long connected = times.Connected != 0 ? times.Connected : handOff;
        line.Append(", delay=");
        Append(line, done - times.Incoming);
        line.Append(", delays=");
        Append(line, active - times.Incoming);
        line.Append('/');
        Append(line, handOff - active);
        line.Append('/');
        Append(line, connected - handOff);
        line.Append('/');
        Append(line, done - connected);
        line.Append(", dsn=").Append(dsn.Status).Append(", status=").Append(status).Append(" (").Append(dsn.Reason).Append(')');
        Log.Info(line.ToString());
    }

    private static Dsn Via(string relay, Dsn dsn) =>
        relay == NoRelay ? dsn : dsn with { Reason = $"delivery via {relay}: {dsn.Reason}" };

    private string Shown(string address) => settings.LogExternalAddresses ? AddressSyntax.ToExternal(address) : address;

    private void Append(StringBuilder line, long microseconds)
    {
        Span<char> text = stackalloc char[32];
        line.Append(text[..DelayText.Write(text, microseconds, settings.DelayDecimals)]);
    }
}
