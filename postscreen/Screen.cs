using Mta.Config;
using Mta.Config.Parameters;
using Mta.Dns;
using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Service;
using Mta.Tables;
using Mta.Text;

namespace Mta.Postscreen;

/// <summary>
/// Everything that all clients share: settings, lists, the cache, the counts. Decides about each client before its
/// tests; thread-safe.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
internal sealed class Screen
{
    private readonly ServiceContext _context;
    private readonly ScreenSettings _relaxed;
    private readonly ScreenSettings _stressed;
    private readonly ResultCache _cache;
    private readonly TimeSpan _sweepInterval;
    private readonly AccessList _accessList;
    private readonly AddressMatchList _allowInterfaces;
    private readonly StringMatchList _forbidden;
    private readonly TableList _replies;
    private readonly TableList _commandFilter;
    private readonly bool _speaksKindly;
    private readonly string _smtpd;
    private readonly bool _hasProxy;
    private readonly TimeSpan _proxyTimeout;
    private readonly HashSet<string> _discarded;
    private readonly TableList _discardMaps;
    private readonly Clients _clients = new();
    private int _screening;
    private int _passing;
    private volatile bool _isStressed;

    public Screen(ServiceContext context)
    {
        Configuration configuration = context.Configuration;
        _context = context;
        _hasProxy = configuration.Get(PostscreenParameters.PostscreenUpstreamProxyProtocol).Length > 0;
        _proxyTimeout = configuration.Get(PostscreenParameters.PostscreenUpstreamProxyTimeout);
        Replies = new ScreenReplies(configuration, context.Tables);
        _discarded = Keywords(configuration.Get(PostscreenParameters.PostscreenDiscardEhloKeywords));
        _discardMaps = TableList.Open(context.Tables, PostscreenParameters.PostscreenDiscardEhloKeywordAddressMaps.Name, configuration.Get(PostscreenParameters.PostscreenDiscardEhloKeywordAddressMaps));
        Tls = new ScreenTls(configuration);
        _relaxed = new ScreenSettings(configuration);
        string before = configuration.Raw("stress") ?? "";
        configuration.Override("stress", "yes");
        _stressed = new ScreenSettings(configuration);
        configuration.Override("stress", before);
        _cache = ResultCache.Open(context, configuration.Get(PostscreenParameters.PostscreenCacheMap), IsExpired);
        _sweepInterval = configuration.Get(PostscreenParameters.PostscreenCacheCleanupInterval);
        Retention = configuration.Get(PostscreenParameters.PostscreenCacheRetentionTime);
        _speaksKindly = configuration.Get(GlobalParameters.RespectfulLogging);
        _smtpd = "private/" + configuration.Get(PostscreenServiceName);
        _allowInterfaces = AddressMatchList.Create(configuration, PostscreenParameters.PostscreenAllowlistInterfaces, context.Tables);
        _forbidden = StringMatchList.Create(configuration, PostscreenParameters.PostscreenForbiddenCommands, context.Tables);
        _replies = TableList.Open(context.Tables, PostscreenParameters.PostscreenDnsblReplyMap.Name, configuration.Get(PostscreenParameters.PostscreenDnsblReplyMap));
        _commandFilter = TableList.Open(context.Tables, PostscreenParameters.PostscreenCommandFilter.Name, configuration.Get(PostscreenParameters.PostscreenCommandFilter));
        List<DnsblSite> sites = DnsblSite.ParseList(configuration.Get(PostscreenParameters.PostscreenDnsblSites));
        if (sites.Count > 0)
        {
            try
            {
                Dnsbl = new DnsblLookups(
                    sites,
                    new DnsResolver(new DnsSettings { ForwardAddress = configuration.Get(GlobalParameters.DnsForwardAddress) }),
                    configuration.Get(PostscreenParameters.PostscreenDnsblTimeout));
            }
            catch (DnsException error)
            {
                throw new FatalException(error.Message, error);
            }
        }

        _accessList = new AccessList(configuration, context.Tables);
    }

    public DnsblLookups? Dnsbl { get; }

    public ScreenTls Tls { get; }

    public ScreenReplies Replies { get; }

    public TimeSpan Retention { get; }

    public ScreenSettings Settings => _isStressed ? _stressed : _relaxed;

    public TimeProvider Time => _context.Time;

    private static StringParameter PostscreenServiceName => SmtpdParameters.SmtpdServiceName;

    public void Start() => _cache.SweepEvery(_sweepInterval);

    public async Task ServeAsync(ClientConnection connection, CancellationToken stop)
    {
        SocketName peer = connection.Peer;
        SocketName local = connection.Local;
        bool isKnown = peer.IsInternet && local.IsInternet;
        if (isKnown && _hasProxy)
        {
            ProxiedConnection? proxied = await UpstreamProxy.ReadAsync(connection.Socket!, _proxyTimeout, stop); // an internet client has a socket
            isKnown = proxied is not null;
            if (proxied is { IsLocal: false } told)
            {
                (peer, local) = (told.Client, told.Server);
            }
        }

        if (!isKnown)
        {
            await TrySendAsync(connection, "421 4.3.2 No system resources");
            return;
        }

        string shown = $"[{peer.Address}]:{peer.Port}";
        LogLines.Event("CONNECT from", $"{shown} to [{local.Address}]:{local.Port}");
        Client client = _clients.Enter(peer.Address);
        bool isPassed = false;
        try
        {
            isPassed = await DecideAsync(connection, client, shown, peer, local, stop);
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            // The client has gone: the line below says so.
        }
        finally
        {
            _clients.Leave(peer.Address, client);
            if (!isPassed)
            {
                LogLines.Event("DISCONNECT", shown);
            }
        }
    }

    public async ValueTask<bool> IsForbiddenAsync(string command, CancellationToken stop) => await _forbidden.MatchesAsync(command, stop) == MatchResult.Yes;

    public ValueTask<LookupResult> FilterCommandAsync(string line, CancellationToken stop) =>
        _commandFilter.IsEmpty ? new(LookupResult.NotFound) : _commandFilter.LookupAsync(line, stop: stop);

    /// <summary>EHLO keywords that a client is not told, upper case.</summary>
    /// <param name="shown">The client, for the log.</param>
    public async ValueTask<IReadOnlySet<string>> HiddenKeywordsAsync(string address, string shown, CancellationToken stop)
    {
        LookupResult found = _discardMaps.IsEmpty ? LookupResult.NotFound : await _discardMaps.LookupAsync(address, stop: stop);
        if (!found.IsFound)
        {
            return _discarded;
        }

        HashSet<string> hidden = Keywords(found.Value);
        if (hidden.Count > 0 && !hidden.Contains("SILENT-DISCARD"))
        {
            LogLines.Info($"{shown}: discarding EHLO keywords: {string.Join(' ', DummyServer.Keywords.Where(hidden.Contains))}");
        }

        return hidden;
    }

    /// <summary>The name that a client of this list is told.</summary>
    public async ValueTask<string> NameOfListAsync(string domain, CancellationToken stop)
    {
        LookupResult found = _replies.IsEmpty ? LookupResult.NotFound : await _replies.LookupAsync(domain, stop: stop);
        return found.IsFound ? found.Value : domain;
    }

    /// <summary>Writes what was learnt of a client.</summary>
    public void Store(string address, TestTimes times)
    {
        foreach (ScreenTest test in Enum.GetValues<ScreenTest>())
        {
            if (!Settings.IsEnabled(test))
            {
                times.NoteDisabled(test);
            }
        }

        _cache.Set(address, times.ToString());
    }

    /// <summary>Hands the client over to the server behind.</summary>
    /// <returns>False when nobody took it: the client is told to come again.</returns>
    public async ValueTask<bool> PassAsync(ClientConnection connection, SocketName peer, SocketName local, bool hasTeaser, CancellationToken stop)
    {
        Interlocked.Increment(ref _passing);
        try
        {
            await PassProtocol.SendAsync(_smtpd, connection.Socket!.Handle, peer, local, TimeSpan.FromSeconds(10), stop); // an internet client has a socket
            return true;
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or TimeoutException)
        {
            string reason = error is LinuxException linux ? linux.Reason : "Connection timed out";
            LogLines.Warning($"cannot connect to service {_smtpd}: {reason}");
            if (hasTeaser)
            {
                // The greeting has begun: only a command can be answered now.
                connection.Input.Timeout = TimeSpan.FromSeconds(5);
                await connection.Input.FillAsync(stop);
            }

            await TrySendAsync(connection, "421 4.3.2 All server ports are busy");
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _passing);
        }
    }

    private static HashSet<string> Keywords(string list) => [.. TableListSyntax.Split(list).Select(static word => word.ToUpperInvariant())];

    /// <summary>Sends the last word to a client, if it still listens.</summary>
    public async ValueTask TrySendAsync(ClientConnection connection, string reply)
    {
        try
        {
            reply = await Replies.FinishAsync(reply, connection.Peer, default);
            connection.Output.Timeout = TimeSpan.FromSeconds(5);
            connection.Output.Write(reply + "\r\n");
            await connection.Output.FlushAsync();
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            // It has gone.
        }
    }

    // Returns true when the client is another process's now.
    private async ValueTask<bool> DecideAsync(ClientConnection connection, Client client, string shown, SocketName peer, SocketName local, CancellationToken stop)
    {
        ScreenSettings settings = Settings;
        if (settings.ConnectionCountLimit > 0 && client.Sessions > settings.ConnectionCountLimit)
        {
            LogLines.Event("NOQUEUE: reject: CONNECT from", $"{shown}: too many connections");
            await TrySendAsync(connection, "421 4.7.0 Error: too many connections");
            return false;
        }

        if (Volatile.Read(ref _passing) >= settings.PostQueueLimit)
        {
            LogLines.Event("NOQUEUE: reject: CONNECT from", $"{shown}: all server ports busy");
            await TrySendAsync(connection, "421 4.3.2 All server ports are busy");
            return false;
        }

        var session = new ScreenSession(this, connection, client, shown, peer, local);
        switch (await _accessList.JudgeAsync(peer.Address, stop))
        {
            case AccessWord.Permit:
                LogLines.Event(_speaksKindly ? "ALLOWLISTED" : "WHITELISTED", shown);
                return await PassAsync(connection, peer, local, hasTeaser: false, stop);
            case AccessWord.Reject:
                LogLines.Event(_speaksKindly ? "DENYLISTED" : "BLACKLISTED", shown);
                if (settings.DenylistAction == TestAction.Drop)
                {
                    await TrySendAsync(connection, "521 5.3.2 Service currently unavailable");
                    return false;
                }

                if (settings.DenylistAction == TestAction.Enforce)
                {
                    session.Refuse("550 5.3.2 Service currently unavailable");
                }

                break;
        }

        if (client.Times is null)
        {
            client.Times = TestTimes.Parse(await _cache.FindAsync(peer.Address, stop));
        }

        session.Prepare(client.Times);
        if (!session.HasPending && !session.IsRefused)
        {
            LogLines.Event("PASS OLD", shown);
            return await PassAsync(connection, peer, local, hasTeaser: false, stop);
        }

        if (await _allowInterfaces.MatchesAsync("", local.Address, stop) != MatchResult.Yes)
        {
            LogLines.Event(_speaksKindly ? "ALLOWLIST VETO" : "WHITELIST VETO", shown);
            session.IsVetoed = true;
        }

        int screening = Interlocked.Increment(ref _screening);
        try
        {
            NoteLoad(screening);
            if (screening > settings.PreQueueLimit)
            {
                LogLines.Event("reject: connect from", $"{shown}: all screening ports busy");
                await TrySendAsync(connection, "421 4.3.2 All screening ports are busy");
                return false;
            }

            return await session.RunAsync(stop);
        }
        finally
        {
            NoteLoad(Interlocked.Decrement(ref _screening));
        }
    }

    private void NoteLoad(int screening)
    {
        int limit = _relaxed.PreQueueLimit;
        if (!_isStressed && screening >= limit * 9 / 10)
        {
            _isStressed = true;
            LogLines.Info($"entering STRESS mode with {screening} connections");
        }
        else if (_isStressed && screening <= limit * 7 / 10)
        {
            _isStressed = false;
            LogLines.Info($"leaving STRESS mode with {screening} connections");
        }
    }

    private bool IsExpired(string key, string value) =>
        TestTimes.Parse(value).Latest + (long)Retention.TotalSeconds < Time.GetUtcNow().ToUnixTimeSeconds();

}
