using Mta.Config;
using Mta.Config.Parameters;
using Mta.Smtpd.Restrictions;
using Mta.Text;

namespace Mta.Smtpd;

/// <summary>
/// The restriction lists of the configuration and the order in which commands run through them. Every check returns
/// the reply that refuses the command, or null.
/// </summary>
internal sealed class Checks
{
    private readonly RestrictionList _client;
    private readonly RestrictionList _helo;
    private readonly RestrictionList _sender;
    private readonly RestrictionList _relay;
    private readonly RestrictionList _recipient;
    private readonly RestrictionList _etrn;
    private readonly RestrictionList _data;
    private readonly RestrictionList _endOfData;
    private readonly bool _delaysReject;
    private readonly bool _relayFirst;
    private readonly bool _checksSender;
    private readonly bool _checksRecipient;

    public Checks(Configuration configuration, RestrictionCatalog catalog, bool checksUnknownRecipients)
    {
        _client = Parse(ListKind.Client, SmtpdParameters.SmtpdClientRestrictions);
        _helo = Parse(ListKind.Helo, SmtpdParameters.SmtpdHeloRestrictions);
        _sender = Parse(ListKind.Sender, SmtpdParameters.SmtpdSenderRestrictions);
        _relay = Parse(ListKind.Relay, SmtpdParameters.SmtpdRelayRestrictions);
        _recipient = Parse(ListKind.Recipient, SmtpdParameters.SmtpdRecipientRestrictions);
        _etrn = Parse(ListKind.Etrn, SmtpdParameters.SmtpdEtrnRestrictions);
        _data = Parse(ListKind.Data, SmtpdParameters.SmtpdDataRestrictions);
        _endOfData = Parse(ListKind.EndOfData, SmtpdParameters.SmtpdEndOfDataRestrictions);
        _delaysReject = configuration.Get(SmtpdParameters.SmtpdDelayReject);
        _relayFirst = configuration.Get(SmtpdParameters.SmtpdRelayBeforeRecipientRestrictions);
        _checksSender = checksUnknownRecipients && configuration.Get(SmtpdParameters.SmtpdRejectUnlistedSender);
        _checksRecipient = checksUnknownRecipients && configuration.Get(SmtpdParameters.SmtpdRejectUnlistedRecipient);
        if (!RefusesSomething(_relay) && !RefusesSomething(_recipient))
        {
            throw new FatalException(
                "in parameter smtpd_relay_restrictions or smtpd_recipient_restrictions, specify at least one working instance of: reject_unauth_destination, defer_unauth_destination, reject, defer, defer_if_permit or check_relay_domains");
        }

        RestrictionList Parse(ListKind kind, StringParameter parameter) => catalog.Parse(kind, configuration.Get(parameter));
    }

    /// <summary>At connect, with <c>smtpd_delay_reject = no</c>.</summary>
    public async ValueTask<string?> CheckClientAsync(Session session, CancellationToken stop)
    {
        var at = new Evaluation(session);
        return await RunAsync(at, ListKind.Client, _client, stop) ?? Ending(at);
    }

    /// <summary>At HELO and EHLO, with <c>smtpd_delay_reject = no</c>.</summary>
    public async ValueTask<string?> CheckHeloAsync(Session session, CancellationToken stop)
    {
        var at = new Evaluation(session);
        return await RunAsync(at, ListKind.Helo, _helo, stop) ?? Ending(at);
    }

    /// <summary>At MAIL, with <c>smtpd_delay_reject = no</c>.</summary>
    public async ValueTask<string?> CheckSenderAsync(Session session, CancellationToken stop)
    {
        var at = new Evaluation(session);
        return await SenderListAsync(at, stop) ?? Ending(at);
    }

    /// <summary>At RCPT and VRFY.</summary>
    public async ValueTask<string?> CheckRecipientAsync(Session session, string recipient, CancellationToken stop)
    {
        // RFC 5321 §4.5.1: <postmaster> without a domain is always served.
        if (Ascii.EqualsIgnoreCase(recipient, "postmaster"))
        {
            return null;
        }

        var at = new Evaluation(session, recipient);
        if (_delaysReject)
        {
            string? early = await RunAsync(at, ListKind.Client, _client, stop)
                ?? (session.HeloName is null ? null : await RunAsync(at, ListKind.Helo, _helo, stop))
                ?? (at.HasSender ? await SenderListAsync(at, stop) : null);
            if (early is not null || IsDiscarded(session))
            {
                return early;
            }
        }

        string? refusal = _relayFirst
            ? await RunAsync(at, ListKind.Relay, _relay, stop) ?? await RunUnlessDiscardedAsync(at, ListKind.Recipient, _recipient, stop)
            : await RunAsync(at, ListKind.Recipient, _recipient, stop) ?? await RunUnlessDiscardedAsync(at, ListKind.Relay, _relay, stop);
        if (refusal is not null || IsDiscarded(session))
        {
            return refusal;
        }

        at.Enter(ListKind.Recipient);
        at.OnlyWarns = false;
        refusal = Ending(at);
        if (refusal is not null || !_checksRecipient)
        {
            return refusal;
        }

        return Reply(await at.Server.Listed.CheckRecipientAsync(at, stop)) ?? Ending(at);
    }

    /// <summary>At DATA and the first BDAT.</summary>
    public async ValueTask<string?> CheckDataAsync(Session session, CancellationToken stop)
    {
        if (_data.IsEmpty || IsDiscarded(session))
        {
            return null;
        }

        var at = new Evaluation(session, session.Transaction?.OnlyRecipient);
        return await RunAsync(at, ListKind.Data, _data, stop) ?? Ending(at);
    }

    /// <summary>When the message has come whole.</summary>
    public async ValueTask<string?> CheckEndOfDataAsync(Session session, CancellationToken stop)
    {
        if (_endOfData.IsEmpty || IsDiscarded(session))
        {
            return null;
        }

        var at = new Evaluation(session, session.Transaction?.OnlyRecipient);
        return await RunAsync(at, ListKind.EndOfData, _endOfData, stop) ?? Ending(at);
    }

    public async ValueTask<string?> CheckEtrnAsync(Session session, string domain, CancellationToken stop)
    {
        var at = new Evaluation(session, etrnDomain: domain);
        string? early = !_delaysReject ? null
            : await RunAsync(at, ListKind.Client, _client, stop)
                ?? (session.HeloName is null ? null : await RunAsync(at, ListKind.Helo, _helo, stop));
        return early ?? await RunAsync(at, ListKind.Etrn, _etrn, stop) ?? Ending(at);
    }

    private static bool IsDiscarded(Session session) => session.Transaction?.IsDiscarded == true;

    private static string? Ending(Evaluation at) => Reply(at.EnforcePostponed());

    private static string? Reply(Verdict verdict) => verdict.Kind switch
    {
        VerdictKind.Reject => verdict.Reply,
        VerdictKind.HangUp => "421 4.7.0 connection dropped",
        VerdictKind.Dunno or VerdictKind.Permit or VerdictKind.Discard => null,
    };

    private static ValueTask<string?> RunUnlessDiscardedAsync(Evaluation at, ListKind kind, RestrictionList list, CancellationToken stop) =>
        IsDiscarded(at.Session) ? new((string?)null) : RunAsync(at, kind, list, stop);

    private static async ValueTask<string?> RunAsync(Evaluation at, ListKind kind, RestrictionList list, CancellationToken stop)
    {
        if (list.IsEmpty)
        {
            return null;
        }

        at.Enter(kind);
        at.OnlyWarns = false;
        return Reply(await list.EvaluateAsync(at, stop));
    }

    private async ValueTask<string?> SenderListAsync(Evaluation at, CancellationToken stop)
    {
        string? refusal = await RunAsync(at, ListKind.Sender, _sender, stop);
        if (refusal is null && _checksSender && !IsDiscarded(at.Session))
        {
            at.Enter(ListKind.Sender);
            refusal = Reply(await at.Server.Listed.CheckSenderAsync(at, stop));
        }

        return refusal;
    }

    // An open relay is a mistake, never a wish: one of these must be reachable.
    private static bool RefusesSomething(RestrictionList list)
    {
        foreach (Restriction item in list.Items)
        {
            if (item is Reject or Defer or DeferIfPermit or AuthDestination { RefusesOthers: true } or CheckRelayDomains)
            {
                return true;
            }

            if (item is Permit)
            {
                return false;
            }
        }

        return false;
    }
}
