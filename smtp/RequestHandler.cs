using Mta.Config;
using Mta.Delivery;
using Mta.Delivery.Routing;
using Mta.Delivery.Security;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Text;
using NLog;

namespace Mta.Smtp;

/// <summary>
/// Delivers one request: goes through destinations and their servers until every recipient has an answer that counts
/// (RFC 5321 §5.1), and reports each. One object per request.
/// </summary>
internal sealed partial class RequestHandler(SmtpSettings settings, SmtpTables tables, ServerLookup lookup, SessionSource sessions, ClientTls tls, Delivery.Delivery delivery)
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly List<RecipientState> _left = [];
    private string _relay = DeliveryAgent.NoRelay;
    private Dsn? _lastError;
    private bool _hasCompletedSession;
    private Dsn? _hop;

    public async ValueTask RunAsync(CancellationToken stop)
    {
        try
        {
            await DeliverAsync(stop);
        }
        finally
        {
            sessions.Leave();
        }
    }

    private async ValueTask DeliverAsync(CancellationToken stop)
    {
        // What is decided without a server is this service's own word.
        _relay = settings.ServiceName;
        DeliveryRequest request = delivery.Request;
        if (request.NextHop.Length == 0)
        {
            throw new FatalException("empty nexthop hostname");
        }

        foreach (DeliveryRecipient recipient in request.Recipients)
        {
            _left.Add(new RecipientState(recipient));
        }

        if (await RefuseAsync(stop))
        {
            return;
        }

        _relay = DeliveryAgent.NoRelay;

        List<Destination> destinations = Destination.ParseList(request.NextHop, settings.IsLmtp);
        int listed = destinations.Count;
        AddFallback(destinations);
        for (int i = 0; i < destinations.Count && _left.Count > 0; i++)
        {
            bool isLast = i == destinations.Count - 1;
            Dsn? before = _lastError;
            bool goesOn = await TryDestinationAsync(destinations[i], isLast, stop);
            if (_lastError is not null && !ReferenceEquals(_lastError, before))
            {
                _lastError = JudgeConfiguration(_lastError, i, listed, destinations[0]);
            }

            if (!goesOn)
            {
                break;
            }
        }

        sessions.Leave();
        await FinishRestAsync(stop);
        if (_hop is not null && !_hasCompletedSession)
        {
            delivery.Hop = _hop;
        }
    }

    // Requests that no server could help.
    private async ValueTask<bool> RefuseAsync(CancellationToken stop)
    {
        if (settings.Flags.NeedsOneRecipient && _left.Count > 1)
        {
            char flag = settings.Flags.DeliveredTo ? 'D' : 'O';
            Log.Warn($"flag `{flag}' requires {settings.ServiceName}_destination_recipient_limit = 1");
            _lastError = new Dsn("4.3.5", "", "mail system configuration error");
        }
        else if (EnvelopeCommands.IsUnsafe(delivery.Request.Sender))
        {
            _lastError = new Dsn("5.1.7", "", "bad sender address syntax");
        }

        if (_lastError is not null)
        {
            await FinishRestAsync(stop);
            return true;
        }

        foreach (RecipientState recipient in _left)
        {
            if (EnvelopeCommands.IsUnsafe(recipient.Recipient.Address) || recipient.Recipient.Address.Length == 0)
            {
                recipient.Outcome = new Dsn("5.1.3", "", "bad recipient address syntax");
            }
            else if (settings.Flags.DeliveredTo && DeliveredToHeaders.Read(delivery).Contains(Ascii.ToLower(AddressSyntax.ToExternal(recipient.Recipient.Address))))
            {
                recipient.Outcome = new Dsn("5.4.6", "", $"mail forwarding loop for {recipient.Recipient.Address}");
            }
        }

        await ReportAsync(TransactionResult.Done, isFinal: true, stop);
        return _left.Count == 0;
    }

    private void AddFallback(List<Destination> destinations)
    {
        if (settings.FallbackRelay.Length == 0)
        {
            return;
        }

        if (destinations.Exists(static destination => destination.IsUnix))
        {
            Log.Warn($"ignoring \"{(settings.IsLmtp ? "lmtp" : "smtp")}_fallback_relay = {settings.FallbackRelay}\" setting for non-TCP connections");
            return;
        }

        destinations.AddRange(Destination.ParseList(settings.FallbackRelay, settings.IsLmtp));
    }

    // A fixed next hop that cannot be found is an error of this host's administrator, not of the sender.
    private Dsn JudgeConfiguration(Dsn error, int index, int listed, Destination first)
    {
        if (!error.Status.StartsWith('5'))
        {
            return error;
        }

        if (index >= listed)
        {
            Log.Warn("smtp_fallback_relay configuration problem");
            return error with { Status = "4.3.5" };
        }

        if (settings.RelayHost.Length > 0 && Ascii.EqualsIgnoreCase(first.Text, settings.RelayHost))
        {
            Log.Warn("relayhost configuration problem");
            return error with { Status = "4.3.5" };
        }

        return error;
    }

    // False when no further destination is to be tried.
    private async ValueTask<bool> TryDestinationAsync(Destination destination, bool isLast, CancellationToken stop)
    {
        ServerList list = await lookup.FindAsync(destination, stop);
        bool isFinalDestination = isLast || list.IsFinal;
        if (list.Failure is { Status: "5.4.6" } && settings.BestMxTransport.Length > 0)
        {
            // This host is the best exchanger: another agent knows what to do with it.
            foreach (RecipientState recipient in _left)
            {
                delivery.Finish(recipient.Recipient, await PassThrough.SendAsync(delivery, recipient.Recipient, settings.BestMxTransport, stop));
            }

            _left.Clear();
            return false;
        }

        if (list.Failure is not null)
        {
            // Nothing was sent, and another destination may be all right.
            _relay = DeliveryAgent.NoRelay;
            NoteError(list.Failure, isSite: list.Failure.Status.StartsWith('4'));
            return !isFinalDestination;
        }

        int opened = 0;
        int attempts = 0;
        List<ServerAddress> servers = [.. list.Servers];
        bool isCached = await IsCachedAsync(destination, stop);
        bool reuses = !IsTlsRequired && MayLoad(isCached);
        bool shares = MayShare(isCached);
        while (servers.Count > 0 && _left.Count > 0)
        {
            int best = servers[0].Preference;
            SmtpSession? session = await sessions.TakeAsync(servers, server => SecurityKeyAsync(server, destination, stop), shares, reuses);
            ServerAddress server = session?.Server ?? servers[0];
            servers.Remove(server);
            attempts++;
            if (settings.Lookup.MxAddressLimit > 0 && attempts == settings.Lookup.MxAddressLimit)
            {
                servers.Clear();
            }

            if (session is null)
            {
                session = await OpenAsync(server, best, destination, isFinalDestination && servers.Count == 0, stop);
                if (session is null)
                {
                    continue;
                }
            }

            opened++;
            if (settings.MxSessionLimit > 0 && opened == settings.MxSessionLimit)
            {
                servers.Clear();
            }

            bool isFinal = isFinalDestination && servers.Count == 0;
            if (!await UseAsync(session, isCached, isFinal, stop))
            {
                // A used session that the server had closed: the address has not had its chance yet.
                servers.Insert(0, server);
                attempts--;
                opened--;
                reuses = false;
            }
        }

        return !isFinalDestination;
    }

    // A table that cannot tell costs connections, and nothing else.
    private async ValueTask<bool> IsCachedAsync(Destination destination, CancellationToken stop) =>
        !tables.CachedDestinations.IsEmpty && await tables.CachedDestinations.MatchesAsync(destination.Host, stop) == MatchResult.Yes;
}
