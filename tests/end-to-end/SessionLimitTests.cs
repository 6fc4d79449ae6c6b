using System.Net;
using System.Text.RegularExpressions;

namespace Mta.EndToEnd;

/// <summary>The process limit of the SMTP client counts sessions, and a session goes from delivery to delivery.</summary>
public sealed class SessionLimitTests : IDisposable
{
    private const int Domains = 20;

    private readonly SmtpSink _sink = new(IPAddress.Parse("127.0.0.2"));
    private readonly ScriptedNames _names = new(IPAddress.Parse("127.0.0.2"));
    private readonly Instance _mta = new();

    public void Dispose()
    {
        _mta.Dispose();
        _names.Dispose();
        _sink.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void No_more_sessions_are_open_than_the_limit_says_while_servers_are_looked_up_for_others(int limit)
    {
        using ManualResetEventSlim greets = new();
        bool isCrowded = false;
        _sink.Answer = line =>
        {
            if (line.Length == 0)
            {
                greets.Wait(TimeSpan.FromSeconds(60));
                // The one before may have closed, and the sink not know it yet.
                isCrowded |= !SpinWait.SpinUntil(() => _sink.OpenSessions <= limit, TimeSpan.FromSeconds(10));
            }

            return null;
        };
        SendToAll(limit);
        Wait.Until(() => _names.Asked.Count == 6 * limit && _sink.Sessions == limit, "deliveries in sessions and others ready for one", () => _mta.Log);
        greets.Set();
        Wait.Until(() => _sink.Messages.Count == Domains, "all deliveries", () => _mta.Log);
        Assert.False(isCrowded);
        Assert.True(_sink.Sessions < Domains, $"got {_sink.Sessions} sessions for {Domains} deliveries, want fewer");
        Wait.Until(() => Uses().Count() == Domains, "a log line for each", () => _mta.Log);
        Assert.Equal(_sink.Sessions, Uses().Count(static use => use == 1));
    }

    [Fact]
    public void Without_caching_on_demand_each_delivery_has_a_session_of_its_own()
    {
        _mta.Main["smtp_connection_cache_on_demand"] = "no";
        SendToAll(limit: 2);
        Wait.Until(() => Uses().Count() == Domains, "all deliveries", () => _mta.Log);
        Assert.Equal(Domains, _sink.Sessions);
        Assert.All(Uses(), static use => Assert.Equal(1, use));
    }

    [Fact]
    public void A_session_serves_no_more_deliveries_than_it_may()
    {
        _mta.Main["smtp_connection_reuse_count_limit"] = "2";
        SendToAll(limit: 1);
        Wait.Until(() => Uses().Count() == Domains, "all deliveries", () => _mta.Log);
        Assert.Contains(2, Uses());
        Assert.All(Uses(), static use => Assert.InRange(use, 1, 2));
    }

    private void SendToAll(int limit)
    {
        _mta.Main["dns_forward_address"] = _names.ForwardAddress;
        _mta.Main["smtp_tcp_port"] = $"{_sink.Port}";
        _mta.MasterCf = Regex.Replace(_mta.MasterCf, @"(?m)^(smtp +unix( +\S+){4} +)-", $"${{1}}{limit}");
        _mta.Start();
        using SmtpClient client = _mta.Connect();
        client.Command("EHLO test", "250");
        Assert.StartsWith("250", client.SendMessage("s@example.test", Enumerable.Range(0, Domains).Select(static i => $"r@d{i}.test"), "Subject: limit\n\nlimit\n"), StringComparison.Ordinal);
    }

    // Of each delivery so far, which use of its session it was.
    private IEnumerable<int> Uses() =>
        Regex.Matches(_mta.Log, @"to=<r@d\d+\.test>, relay=mx\.test\[127\.0\.0\.2\]:\d+,( conn_use=(\d+),)?.* status=sent")
            .Select(static line => line.Groups[2].Success ? int.Parse(line.Groups[2].Value) : 1);
}
