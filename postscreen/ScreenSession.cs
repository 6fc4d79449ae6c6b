using Mta.Linux;
using Mta.Service;
using Mta.Text;

namespace Mta.Postscreen;

/// <summary>The tests of one client, in their order, and what follows from them.</summary>
internal sealed class ScreenSession(Screen screen, ClientConnection connection, Client client, string shown, SocketName peer, SocketName local)
{
    private readonly long _started = Environment.TickCount64;
    private readonly bool[] _pending = new bool[TestTimes.Count];
    private bool _wasNew;
    private bool _hasFailed;
    private bool _hasPassedSome;
    private bool _hasTeaser;

    public ScreenSettings Settings { get; } = screen.Settings;

    public ClientConnection Connection => connection;

    public SocketName Peer => peer;

    public string Shown => shown;

    /// <summary>The interface came into the client's hands by the wrong door: it is tested, and never let in.</summary>
    public bool IsVetoed { get; set; }

    /// <summary>The answer to RCPT.</summary>
    public string Answer { get; private set; } = "450 4.3.2 Service currently unavailable";

    public bool IsRefused { get; private set; }

    public bool HasPending => Array.IndexOf(_pending, true) >= 0;

    private TimeSpan Elapsed => TimeSpan.FromMilliseconds(Environment.TickCount64 - _started);

    private long Now => screen.Time.GetUtcNow().ToUnixTimeSeconds();

    private bool HasDeepPending => IsPending(ScreenTest.Pipelining) || IsPending(ScreenTest.NonSmtp) || IsPending(ScreenTest.BareNewline);

    public bool IsPending(ScreenTest test) => _pending[(int)test];

    /// <summary>Finds out which tests are due.</summary>
    public void Prepare(TestTimes times)
    {
        _wasNew = times.IsNew && Enum.GetValues<ScreenTest>().Any(test => times[test] == 0);
        foreach (ScreenTest test in Enum.GetValues<ScreenTest>())
        {
            _pending[(int)test] = Settings.IsEnabled(test) && Now > times[test];
        }
    }

    /// <summary>The client may talk to the end, and is refused at RCPT.</summary>
    public void Refuse(string answer)
    {
        IsRefused = true;
        _hasFailed = true;
        Answer = answer;
    }

    /// <returns>True when the client was handed over.</returns>
    public async ValueTask<bool> RunAsync(CancellationToken stop)
    {
        bool hadEarly = IsPending(ScreenTest.Pregreet) || IsPending(ScreenTest.Dnsbl);
        bool spokeEarly = false;
        if (hadEarly)
        {
            EarlyOutcome outcome = await TestEarlyAsync(stop);
            spokeEarly = outcome == EarlyOutcome.Spoke;
            if (outcome == EarlyOutcome.Over)
            {
                Conclude();
                return false;
            }
        }

        if (!HasDeepPending && !IsRefused && !IsVetoed)
        {
            Conclude();
            return await screen.PassAsync(connection, peer, local, _hasTeaser, stop);
        }

        bool greets = !spokeEarly || Settings.ActionOf(ScreenTest.Pregreet) != TestAction.Enforce;
        try
        {
            await new DummyServer(screen, this).RunAsync(greets, stop);
        }
        catch (IOException)
        {
            NoteHangUp("after");
        }

        Conclude();
        return false;
    }

    /// <summary>A test was passed.</summary>
    public void Pass(ScreenTest test, TimeSpan life)
    {
        if (IsPending(test))
        {
            _pending[(int)test] = false;
            _hasPassedSome = true;
            client.Times![test] = Now + (long)life.TotalSeconds; // read before the tests
        }
    }

    /// <summary>A test was failed.</summary>
    /// <returns>True when the client is to be dropped.</returns>
    public bool Fail(ScreenTest test, string enforced)
    {
        switch (Settings.ActionOf(test))
        {
            case TestAction.Ignore:
                Pass(test, Settings.ShortestLife);
                return false;
            case TestAction.Enforce:
                _pending[(int)test] = false;
                Refuse(enforced);
                return false;
            default:
                _hasFailed = true;
                return true;
        }
    }

    public void NoteHangUp(string when) => LogLines.HangUp(shown, Elapsed, when);

    private enum EarlyOutcome
    {
        Silent,
        Spoke,
        Over,
    }

    // What was learnt goes into the cache, unless the client has failed.
    private void Conclude()
    {
        if (_hasFailed || IsVetoed || !_hasPassedSome)
        {
            return;
        }

        if (!HasPending)
        {
            LogLines.Event(_wasNew && !client.HasPassed ? "PASS NEW" : "PASS OLD", shown);
            client.HasPassed = true;
        }

        screen.Store(peer.Address, client.Times!); // read before the tests
    }

    private async ValueTask<EarlyOutcome> TestEarlyAsync(CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task<DnsblScore>? lists = IsPending(ScreenTest.Dnsbl) ? screen.Dnsbl!.AskAsync(peer.Address, over.Token) : null; // enabled, so there are lists
        bool waits = IsPending(ScreenTest.Pregreet);
        if (waits)
        {
            _hasTeaser = true;
            connection.Output.Write($"220-{Settings.GreetBanner}\r\n");
            await connection.Output.FlushAsync(stop);
        }

        byte[] seen = new byte[100];
        Task<int> talk = connection.Socket!.PeekAsync(seen, over.Token).AsTask(); // an internet client has a socket
        Task limit = Task.Delay(Settings.GreetWait, over.Token);
        Task end = waits || lists is null ? limit : Task.WhenAny(lists, limit);
        EarlyOutcome outcome = EarlyOutcome.Silent;
        try
        {
            if (await Task.WhenAny(talk, end) == talk)
            {
                outcome = await NoteTalkAsync(talk, seen);
                if (outcome == EarlyOutcome.Over)
                {
                    return outcome;
                }
            }
            else
            {
                Pass(ScreenTest.Pregreet, Settings.LifeOf(ScreenTest.Pregreet));
            }

            if (lists is not null)
            {
                await Task.WhenAny(lists, limit);
                if (lists.IsCompletedSuccessfully && await JudgeAsync(lists.Result, stop))
                {
                    return EarlyOutcome.Over;
                }
            }

            return outcome;
        }
        finally
        {
            await over.CancelAsync();
            await QuietAsync(talk);
            await QuietAsync(limit);
            await QuietAsync(lists);
        }
    }

    private async ValueTask<EarlyOutcome> NoteTalkAsync(Task<int> talk, byte[] seen)
    {
        int count;
        try
        {
            count = await talk;
        }
        catch (IOException)
        {
            count = 0;
        }

        if (count == 0)
        {
            NoteHangUp("before");
            return EarlyOutcome.Over;
        }

        if (!IsPending(ScreenTest.Pregreet))
        {
            return EarlyOutcome.Spoke;
        }

        LogLines.Pregreet(shown, Math.Max(count, connection.Socket!.BytesWaiting), Elapsed, ByteString.FromBytes(seen.AsSpan(0, count))); // as above
        if (Fail(ScreenTest.Pregreet, "550 5.5.1 Protocol error"))
        {
            await screen.TrySendAsync(connection, "521 5.5.1 Protocol error");
            return EarlyOutcome.Over;
        }

        return EarlyOutcome.Spoke;
    }

    // True when the client is dropped.
    private async ValueTask<bool> JudgeAsync(DnsblScore score, CancellationToken stop)
    {
        if (score.Total < Settings.DnsblThreshold)
        {
            TimeSpan life = score.Life is { } told && told > Settings.DnsblMinLife ? told : Settings.DnsblMinLife;
            life = life < Settings.DnsblMaxLife ? life : Settings.DnsblMaxLife;
            Pass(ScreenTest.Dnsbl, life);
            if (Settings.DnsblAllowlistThreshold < 0 && score.Total <= Settings.DnsblAllowlistThreshold && !_hasFailed)
            {
                // A good name in the lists stands for all other tests.
                foreach (ScreenTest test in Enum.GetValues<ScreenTest>())
                {
                    Pass(test, life);
                }
            }

            return false;
        }

        LogLines.Event($"DNSBL rank {score.Total} for", shown);
        string text = $"5.7.1 Service unavailable; client [{peer.Address}] blocked using {await screen.NameOfListAsync(score.Worst, stop)}";
        if (!Fail(ScreenTest.Dnsbl, $"550 {text}"))
        {
            return false;
        }

        await screen.TrySendAsync(connection, $"521 {text}");
        return true;
    }

    private static async ValueTask QuietAsync(Task? task)
    {
        try
        {
            await (task ?? Task.CompletedTask);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or TimeoutException)
        {
            // Given up, or too late to matter.
        }
    }
}
