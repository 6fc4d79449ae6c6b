using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Qmgr.Feeding;
using Mta.Qmgr.Scheduling;
using Mta.Qmgr.Tests.Scheduling;

namespace Mta.Qmgr.Tests.Feeding;

/// <summary>Where recipients go when what they were resolved to is dead.</summary>
public sealed class RecipientRouterTests
{
    private const string Unavailable = "4.3.0 mail transport unavailable";
    private const string Refused = "4.4.1 delivery temporarily suspended: connect: refused";

    private readonly Scheduler _scheduler = new(static _ => new TransportSettings { FailedCohortLimit = 1, InitialDestinationConcurrency = 1 }, new SchedulerLimits(), new ManualTimers());
    private readonly RecipientRouter _router;
    private readonly List<string> _deferred = [];

    public RecipientRouterTests() =>
        _router = new RecipientRouter(new QmgrSettings(), _scheduler, new RewriteClient(), new AddressExtension("+"))
        {
            DeferDirectly = (_, recipient, reason) => _deferred.Add($"{recipient.Address}: {reason}"),
        };

    [Fact]
    public void Mail_for_a_dead_destination_goes_to_the_retry_service_with_the_reason()
    {
        Kill("d.test");
        List<Recipient> recipients = [To("smtp", "d.test"), To("smtp", "e.test")];
        _router.Bind(new Message("A"), recipients);
        Assert.Equal([("retry", Refused), ("smtp", "e.test")], recipients.Select(recipient => (recipient.TransportName, recipient.NextHop)));
        Assert.Empty(_deferred);
    }

    [Fact]
    public void Without_the_retry_service_the_reason_is_still_that_of_the_destination()
    {
        Kill("d.test");
        _scheduler.KillTransport(_scheduler.FindOrAddTransport("retry"), Unavailable);
        List<Recipient> recipients = [To("smtp", "d.test"), To("smtp", "e.test"), To("retry", "4.0.0 by the table")];
        _router.Bind(new Message("A"), recipients);
        Assert.Equal(["e.test"], recipients.Select(recipient => recipient.NextHop));
        List<Recipient> waited = [To("smtp", "e.test")];
        _router.BindToRetry(new Message("B"), waited, Refused);
        Assert.Empty(waited);
        Assert.Equal([$"r@d.test: {Refused}", $"r@4.0.0 by the table: {Unavailable}", $"r@e.test: {Refused}"], _deferred);
    }

    [Fact]
    public void A_flushed_message_tries_what_is_dead()
    {
        Kill("d.test");
        _scheduler.KillTransport(_scheduler.FindOrAddTransport("lmtp"), Unavailable);
        List<Recipient> recipients = [To("smtp", "d.test"), To("lmtp", "d.test")];
        _router.Bind(new Message("A") { IsFlushed = true }, recipients);
        Assert.Equal(["lmtp", "smtp"], recipients.Select(recipient => recipient.TransportName));
    }

    private static Recipient To(string transport, string nextHop)
    {
        Recipient recipient = new(new DeliveryRecipient("", $"r@{nextHop}", 1));
        recipient.SetDestination(transport, nextHop);
        return recipient;
    }

    private void Kill(string nextHop) =>
        _scheduler.FindOrAddQueue(_scheduler.FindOrAddTransport("smtp"), nextHop).RecordFailure(Refused);
}
