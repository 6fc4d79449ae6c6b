using Mta.Config;
using Mta.Delivery;
using Mta.Delivery.Routing;
using Mta.Delivery.Security;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Smtp.Sasl;
using Mta.Text;
using NLog;

namespace Mta.Smtp;

/// <summary>
/// Delivers one request: goes through destinations and their servers until every recipient has an answer that counts
/// (RFC 5321 §5.1), and reports each. One object per request.
/// </summary>
internal sealed class RequestHandler(SmtpSettings settings, SmtpTables tables, ServerLookup lookup, SessionSource sessions, ClientTls tls, Delivery.Delivery delivery)
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

    // A session is kept under what was demanded of its server: plain text is no answer to who wants TLS. Null when that
    // cannot be told: then nobody's session will do.
    private async ValueTask<string?> SecurityKeyAsync(ServerAddress server, Destination destination, CancellationToken stop)
    {
        TlsPolicy policy = await tls.Policies.DecideAsync(TargetOf(server, destination), IsTlsOptional, stop);
        return policy.Failure is null && await LoginKeyAsync(server, destination, stop) is { } login ? policy.Key + login : null;
    }

    // Null when the tables cannot tell: then nobody's session will do.
    private async ValueTask<string?> LoginKeyAsync(ServerAddress server, Destination destination, CancellationToken stop)
    {
        if (tables.Sasl is null)
        {
            return "";
        }

        try
        {
            return SaslLogin.KeyOf(await tables.Sasl.FindAsync(delivery.QueueId, delivery.Request.Sender, server.Host, destination.Text, stop));
        }
        catch (LocalDataException)
        {
            return null;
        }
    }

    private async ValueTask<SmtpSession?> OpenAsync(ServerAddress server, int bestPreference, Destination destination, bool isFinal, CancellationToken stop)
    {
        TlsTarget target = TargetOf(server, destination);
        TlsPolicy policy = await tls.Policies.DecideAsync(target, IsTlsOptional, stop);
        if (policy.Failure is not null)
        {
            _relay = DeliveryAgent.NoRelay;
            NoteError(policy.Failure, isSite: true);
            return null;
        }

        RequireTlsLevel demand = RequireTlsLevel.Disable;
        if (IsTlsRequired)
        {
            RequireTlsLevel? found = await tables.RequireTls.FindAsync(destination.IsUnix ? settings.MyHostname : destination.Host, stop);
            if (found is null)
            {
                NoteError(new Dsn("4.7.10", "", $"REQUIRETLS policy configuration error. The last attempted server was {server.Host}"), isSite: true);
                return null;
            }

            demand = found.Value;
            if (WhyTooWeak(demand, policy) is { } weakness)
            {
                NoteError(new Dsn("5.7.10", "", $"Sender requested REQUIRETLS, but my configured TLS security level '{policy.Level.Name()}' disables {weakness}. The last attempted server was {server.Host}"), isSite: false);
                return null;
            }
        }

        (SmtpSession? session, Dsn? failure, bool lacksTls) = await ConnectAsync(server, target, policy, demand, bestPreference, stop);
        if (session is { HasFailedTls: true } && demand <= RequireTlsLevel.Opportunistic && MayFallBack(policy) && await LoginKeyAsync(server, destination, stop) is "")
        {
            session.Dispose();
            (session, failure, _) = await ConnectAsync(server, target, TlsPolicy.Off, demand, bestPreference, stop);
        }

        if (session is null)
        {
            _relay = DeliveryAgent.NoRelay;
            NoteError(failure!, isSite: true); // Without a session there is a failure.
            return null;
        }

        if (failure is null)
        {
            return session;
        }

        _relay = server.NameWithPort;
        NoteError(failure, isSite: !lacksTls && (!session.HasFailedTls || policy.Level > TlsLevel.May));
        await session.QuitAsync(stop);
        if (lacksTls && !isFinal)
        {
            Log.Info($"{delivery.QueueId}: {failure.Reason}");
        }
        else if (failure.Status.StartsWith('5'))
        {
            // The server's no counts for everybody who is left.
            await ReportAsync(TransactionResult.Site(failure), isFinal: true, stop);
        }
        else if (_left.Count > 0 && !isFinal)
        {
            Log.Info($"{delivery.QueueId}: {failure.Reason}");
        }

        return null;
    }

    // What of the level is too little for REQUIRETLS; null when it will do.
    private static string? WhyTooWeak(RequireTlsLevel demand, TlsPolicy policy) =>
        demand > RequireTlsLevel.Opportunistic && policy.Level == TlsLevel.None ? "encryption"
        : demand == RequireTlsLevel.Enforce && !policy.Level.MustMatch() ? "certificate matching"
        : null;

    private async ValueTask<(SmtpSession? Session, Dsn? Failure, bool LacksRequiredTls)> ConnectAsync(ServerAddress server, TlsTarget target, TlsPolicy policy, RequireTlsLevel demand, int bestPreference, CancellationToken stop)
    {
        (SmtpSession? session, Dsn? failure) = await SmtpSession.ConnectAsync(settings, tables, server, policy, demand, stop);
        if (session is null)
        {
            return (null, failure, false);
        }

        session.QueueId = delivery.QueueId;
        Handshake handshake = new(settings, tables, session, delivery, tls, target) { BestPreference = bestPreference, NextHop = delivery.Request.NextHop };
        failure = await handshake.RunAsync(stop);
        return (session, failure, handshake.LacksRequiredTls);
    }

    // Where encryption is welcome only, a message that has waited for it goes without.
    private bool MayFallBack(TlsPolicy policy)
    {
        const long second = 1_000_000;
        MessageTimes times = delivery.Times;
        return policy.Level == TlsLevel.May && !tls.Settings.IsWrapper
            && (delivery.IsProbe || times.Active - times.Incoming >= (long)settings.MinimalBackoffTime.TotalSeconds * second);
    }

    private bool IsTlsOptional => settings.ObeysTlsRequired && !IsTlsRequired && (delivery.Request.SmtpUtf8 & SendOptions.TlsNotRequired) != 0;

    private bool IsTlsRequired => tables.RequireTls.IsOn && (delivery.Request.SmtpUtf8 & SendOptions.RequireTls) != 0;

    private static TlsTarget TargetOf(ServerAddress server, Destination destination) => new(
        destination.Text,
        destination.Host,
        destination.UsesMx,
        server.Host,
        server.EndPoint?.Address.ToString() ?? server.UnixPath,
        server.EndPoint?.Port ?? 0);

    // False when a reused session turned out to be dead before the server had said anything: nothing was sent.
    private async ValueTask<bool> UseAsync(SmtpSession session, bool isCached, bool isFinal, CancellationToken stop)
    {
        bool isReused = session.UseCount > 1;
        string relay = session.Server.NameWithPort;
        delivery.Times = delivery.Times with { Connected = MessageTimes.Now(TimeProvider.System), ConnectionUse = session.UseCount };
        bool rests = !IsTlsRequired && MayStore(isCached) && session.MayBeReused;
        bool shares = MayShare(isCached);
        bool hasQuit = false;
        session.QueueId = delivery.QueueId;
        TransactionResult result;
        if (Unacceptable(session) is Dsn unacceptable)
        {
            result = TransactionResult.Message(unacceptable);
        }
        else
        {
            foreach (RecipientState recipient in _left)
            {
                recipient.IsAccepted = false;
                recipient.Outcome = null;
            }

            MailTransaction transaction = new(settings, tables, session, delivery, _left, () => rests || (shares && session.MayBeReused && sessions.IsWanted), MustConvert(session));
            result = await transaction.RunAsync(stop);
            hasQuit = transaction.HasQuit;
            if (isReused && result.IsSiteFailure && session.State == "sending MAIL FROM" && session.IsBroken)
            {
                session.Dispose();
                return false;
            }
        }

        _relay = relay;
        if (!session.IsBroken && !result.IsSiteFailure)
        {
            _hasCompletedSession = true;
        }

        bool offersDsn = session.Has(ServerFeatures.Dsn);
        bool notifies = session.HasProtocolError && tables.Notice.IsWanted;
        bool goesOn = !isFinal && _left.Exists(recipient => !IsSent(recipient, result));
        bool isHandedOn = shares && !goesOn && !hasQuit && _left.Exists(recipient => IsSent(recipient, result)) && sessions.TryHandOn(session);
        if (!isHandedOn)
        {
            await ReleaseAsync(session, rests, hasQuit, stop);
        }

        if (!goesOn)
        {
            sessions.Leave();
        }

        if (notifies)
        {
            await tables.Notice.SendAsync(session.Server.NameWithPort, session.Transcript!, settings.IsLmtp, stop); // checked above
        }

        if (result.Failure is not null)
        {
            NoteError(result.Failure, result.IsSiteFailure);
        }

        await ReportAsync(result, isFinal, stop, offersDsn);
        return true;
    }

    private static bool IsSent(RecipientState recipient, TransactionResult result) =>
        (recipient.Outcome ?? result.Failure) is { } outcome && outcome.Status.StartsWith('2');

    private async ValueTask ReleaseAsync(SmtpSession session, bool rests, bool hasQuit, CancellationToken stop)
    {
        if (rests && !hasQuit && session.MayBeReused)
        {
            sessions.Rest(session);
        }
        else if (hasQuit && (settings.SkipsQuitReply || session.IsBroken))
        {
            session.Dispose();
        }
        else if (hasQuit)
        {
            await session.ReadQuitReplyAsync(stop);
        }
        else
        {
            await session.QuitAsync(stop);
        }
    }

    // What this server cannot take, known before anything is sent to it.
    private Dsn? Unacceptable(SmtpSession session)
    {
        DeliveryRequest request = delivery.Request;
        if (session.SizeLimit > 0 && request.ContentLength > session.SizeLimit)
        {
            return new Dsn("5.3.4", "", $"message size {request.ContentLength} exceeds size limit {session.SizeLimit} of server {session.Server.Name}");
        }

        const int found = SendOptions.Utf8Header | SendOptions.Utf8Sender | SendOptions.Utf8Recipient;
        if ((request.SmtpUtf8 & SendOptions.SmtpUtf8Requested) != 0 && (request.SmtpUtf8 & found) != 0 && !session.Has(ServerFeatures.SmtpUtf8))
        {
            return new Dsn("5.6.7", "", $"SMTPUTF8 is required, but was not offered by host {session.Server.Name}");
        }

        return null;
    }

    // Without 8BITMIME, parts that say they are 8-bit must be made 7-bit (RFC 6152 §3).
    private bool MustConvert(SmtpSession session) =>
        settings.ConvertsTo7Bit && delivery.Request.Encoding != "7bit" && !session.Has(ServerFeatures.EightBitMime);

    private bool MayLoad(bool isCached) =>
        isCached || (settings.CachesOnDemand && delivery.Request.Flags.HasFlag(DeliveryFlags.ConnectionLoad));

    private bool MayStore(bool isCached) =>
        isCached || (settings.CachesOnDemand && delivery.Request.Flags.HasFlag(DeliveryFlags.ConnectionStore));

    // Between deliveries that are at hand a session need not rest.
    private bool MayShare(bool isCached) => !IsTlsRequired && (isCached || settings.CachesOnDemand);

    // A table that cannot tell costs connections, and nothing else.
    private async ValueTask<bool> IsCachedAsync(Destination destination, CancellationToken stop) =>
        !tables.CachedDestinations.IsEmpty && await tables.CachedDestinations.MatchesAsync(destination.Host, stop) == MatchResult.Yes;

    private void NoteError(Dsn failure, bool isSite)
    {
        _lastError = failure;
        if (isSite)
        {
            _hop ??= failure;
        }
    }

    // Carries out what a transaction decided. Recipients that may succeed elsewhere stay.
    private async ValueTask ReportAsync(TransactionResult result, bool isFinal, CancellationToken stop, bool offersDsn = false)
    {
        List<RecipientState> kept = [];
        bool hasLogged = false;
        foreach (RecipientState recipient in _left)
        {
            Dsn? outcome = recipient.Outcome ?? result.Failure;
            if (outcome is null)
            {
                kept.Add(recipient);
                continue;
            }

            switch (outcome.Status[0])
            {
                case '2':
                    await SentAsync(recipient.Recipient, outcome, offersDsn, stop);
                    break;
                case '5' when isFinal || !settings.SoftBounce:
                    delivery.Finish(recipient.Recipient, await delivery.BouncedAsync(recipient.Recipient, _relay, outcome, stop));
                    break;
                case '4' when isFinal:
                    delivery.Finish(recipient.Recipient, await delivery.DeferredAsync(recipient.Recipient, _relay, outcome, stop));
                    break;
                default:
                    _lastError = outcome;
                    if (recipient.Outcome is not null || !hasLogged)
                    {
                        Log.Info($"{delivery.QueueId}: {outcome.Reason}");
                        hasLogged = true;
                    }

                    recipient.Outcome = null;
                    kept.Add(recipient);
                    break;
            }
        }

        _left.Clear();
        _left.AddRange(kept);
    }

    private async ValueTask SentAsync(DeliveryRecipient recipient, Dsn outcome, bool offersDsn, CancellationToken stop)
    {
        // A server that knows DSN reports success itself (RFC 3461 §5.2.1).
        DeliveryRecipient reported = offersDsn && recipient.Notify.HasFlag(DsnNotify.Success)
            ? recipient with { Notify = recipient.Notify & ~DsnNotify.Success }
            : recipient;
        delivery.Finish(recipient, await delivery.SentAsync(reported, _relay, outcome, stop));
    }

    private async ValueTask FinishRestAsync(CancellationToken stop)
    {
        if (_left.Count == 0)
        {
            return;
        }

        Dsn error = _lastError ?? new Dsn("4.3.0", "", "server unavailable or unable to receive mail");
        foreach (RecipientState recipient in _left)
        {
            delivery.Finish(recipient.Recipient, await delivery.FailedAsync(recipient.Recipient, _relay, error, stop));
        }

        _left.Clear();
    }
}
