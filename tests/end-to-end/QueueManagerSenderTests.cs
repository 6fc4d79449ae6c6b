namespace Mta.EndToEnd;

/// <summary>Settings of a pair whose mail has no lifetime, and whose routes depend on the sender.</summary>
public sealed class QueueManagerSenderFixture : IDisposable
{
    private readonly Lazy<QueueManagerPair> _pair = new(static () => new QueueManagerPair(
        ["mixed", "behind"],
        new Dictionary<string, string>
        {
            ["maximal_queue_lifetime"] = "0",
            ["bounce_queue_lifetime"] = "0",
            ["behind_destination_recipient_limit"] = "0",
            ["default_transport"] = "third",
            ["relayhost"] = "[relay.one]",
            ["sender_dependent_default_transport_maps"] = "inline:{{a@s.test=first:[hop.one]},{b@s.test=second},{@c.test=first:},{d@s.test=DUNNO},{<>=second:[hop.null]}}",
            ["sender_dependent_relayhost_maps"] = "inline:{{r@s.test=[relay.two]:26},{b@s.test=[relay.three]},{@d.test=DUNNO}}",
            ["empty_address_default_transport_maps_lookup_key"] = "<>",
        }));

    internal QueueManagerPair Pair => _pair.Value;

    public void Dispose()
    {
        if (_pair.IsValueCreated)
        {
            _pair.Value.Dispose();
        }
    }
}

/// <summary>Our queue manager beside Postfix's: mail that is returned after its first failure, routes by sender.</summary>
public sealed class QueueManagerSenderTests(QueueManagerSenderFixture fixture) : IClassFixture<QueueManagerSenderFixture>
{
    private const string PostfixProgram = "/usr/sbin/postfix";

    private QueueManagerPair Pair => fixture.Pair;

    [PeerFact(PostfixProgram)]
    public void Without_a_lifetime_mail_is_returned_after_the_first_failure() => Pair.Compare(side =>
    {
        using DeliveryAgent agent = side.Agent("mixed", static request => request.NextHop.StartsWith("bad.", StringComparison.Ordinal) ? 'd' : '+');
        string[] ids =
        [
            side.Send("s@s.mixed.probe", ["x@bad.mixed.probe"]),
            side.Send("s@s.mixed.probe", ["x@bad.mixed.probe", "y@good.mixed.probe"]),
            side.Send("", ["x@bad.mixed.probe"]),
            side.Send("s@s.mixed.probe", ["x@good.mixed.probe"]),
            side.Send("", ["x@bad.mixed.probe", "y@good.mixed.probe"]),
        ];
        foreach (string id in ids)
        {
            side.WaitForQueue(id, null);
        }

        Wait.Until(() => ids.All(id => side.LogOf([id]).EndsWith("removed", StringComparison.Ordinal)), "the last line about each", () => side.Tail);

        // The notices that come of it go to s@s.mixed.probe, by the same transport: two, and none about a notice.
        Wait.Until(() => agent.Requests.Count(request => request.NextHop == "s.mixed.probe") == 2, "two notices", () => side.Tail);
        return string.Join('\n', ids.Select(id => side.LogOf([id]))) + "\n"
            + string.Join('\n', agent.Requests.Select(request => $"<{request.Sender}> {request.NextHop} {string.Join(' ', request.Recipients.Select(recipient => recipient.Address))}").Order(StringComparer.Ordinal));
    });

    [PeerFact(PostfixProgram)]
    public void Senders_have_transports_and_relay_hosts_of_their_own() => Pair.Compare(side =>
    {
        string[] transports = ["first", "second", "third"];
        DeliveryAgent[] agents = [.. transports.Select(name => side.Agent(name, static _ => '+'))];
        try
        {
            string[] senders = ["a@s.test", "A@S.test", "b@s.test", "x@c.test", "d@s.test", "r@s.test", "x@d.test", "other@s.test", ""];
            string[] ids = [.. senders.Select(sender => side.Send(sender, ["one@far.test", "two@far.test", "one@near.test"]))];
            foreach (string id in ids)
            {
                side.WaitForQueue(id, null);
            }

            return string.Join('\n', transports.Zip(agents).SelectMany(pair => pair.Second.Requests.Select(request =>
                $"{Array.IndexOf(ids, request.QueueId)} {pair.First} {request.NextHop} {string.Join(' ', request.Recipients.Select(recipient => recipient.Address))}")).Order(StringComparer.Ordinal));
        }
        finally
        {
            foreach (DeliveryAgent agent in agents)
            {
                agent.Dispose();
            }
        }
    });
}
