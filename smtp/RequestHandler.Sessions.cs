using Mta.Delivery;
using Mta.Delivery.Routing;
using Mta.Delivery.Security;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Smtp.Sasl;

namespace Mta.Smtp;

/// <summary>The part that deals with sessions: which may be used, how one is opened, and what becomes of it.</summary>
internal sealed partial class RequestHandler
{
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
}
