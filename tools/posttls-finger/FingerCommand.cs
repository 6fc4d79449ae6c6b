using Mta.Config;
using Mta.Config.Parameters;
using Mta.Delivery.Routing;
using Mta.Delivery.Security;
using Mta.Dns;
using Mta.Linux;
using Mta.Service;
using NLog;

namespace Mta.PosttlsFinger;

/// <summary>Looks a destination up, connects to the first server that answers, and says what its TLS is worth.</summary>
internal sealed class FingerCommand(CommandLineTool tool)
{
    // Timers know no longer waits.
    private const int MaxDelay = 4_000_000;

    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private FingerOptions _options = null!; // Set before all else.
    private Configuration _configuration = null!; // Set before all else.
    private DnsResolver? _dns;
    private MemorySessions? _sessions; // Null: each run makes one connection.

    public async Task<int> RunAsync()
    {
        try
        {
            _options = FingerOptions.Parse(tool);
        }
        catch (UsageException usage)
        {
            CommandLineTool.PrintRaw(usage.Message);
            return 1;
        }

        _configuration = tool.Configuration;
        _sessions = _options.ReconnectDelay > 0 ? new MemorySessions(_options.Destination.StartsWith("inet:", StringComparison.Ordinal) ? _options.Destination[5..] : _options.Destination) { Speaks = _options.LogsSessions } : null;
        if (!_options.Explains)
        {
            _options.ApplyLookup(_configuration);
        }

        // Servers are found as deliveries find them.
        LookupSettings lookup = new(_configuration, _options.IsLmtp) { DetectsLoops = _options.Explains };
        using DnsResolver? dns = _dns = lookup.UsesDns ? new DnsResolver(new DnsSettings
        {
            ValidatesDnssec = true,
            TrustAnchorFile = _configuration.Get(GlobalParameters.DnsTrustAnchorFile),
            ForwardAddress = _configuration.Get(GlobalParameters.DnsForwardAddress),
        }) : null;
        Destination destination = _options.ParseDestination();
        ServerList servers = await new ServerLookup(lookup, dns, new NativeNames()).FindAsync(destination, CancellationToken.None);
        if (servers.Failure is not null)
        {
            Log.Info($"Destination address lookup failed: {servers.Failure.Reason}");
            return 0;
        }

        string failure = "";
        foreach (ServerAddress server in servers.Servers)
        {
            (SocketStream? stream, failure) = await ConnectAsync(server);
            if (stream is null)
            {
                SayUnreachable(server, failure);
                continue;
            }

            await TalkAsync(stream, destination, server);
            return 0;
        }

        if (_options.Explains)
        {
            Log.Info($"a delivery to {_options.Destination} would be deferred: no server can be reached");
        }

        return 0;
    }

    private async ValueTask<(SocketStream? Stream, string Error)> ConnectAsync(ServerAddress server)
    {
        using CancellationTokenSource timer = new(_options.ConnectTimeout);
        try
        {
            return (server.EndPoint is null
                ? await UnixSocket.ConnectAsync(server.UnixPath, timer.Token)
                : await SocketStream.ConnectAsync(server.EndPoint, timer.Token), "");
        }
        catch (LinuxException error)
        {
            return (null, $"connect to {server.NameWithPort}: {error.Reason}");
        }
        catch (OperationCanceledException)
        {
            return (null, $"connect to {server.NameWithPort}: {Errno.Text(Errno.ETIMEDOUT)}");
        }
    }

    private async ValueTask TalkAsync(SocketStream first, Destination destination, ServerAddress server)
    {
        await using SocketStream stream = first;
        string prefix = _options.IsLmtp ? "lmtp" : "smtp";
        TlsTarget target = new(_options.Destination, destination.Host, destination.UsesMx, server.Host, server.AddressText, server.EndPoint?.Port ?? 0);
        (ClientTls tls, TlsPolicy policy) = await DecideAsync(prefix, target);
        using ClientTls owned = tls;
        if (_options.Explains)
        {
            foreach (string reason in policy.Why)
            {
                Log.Info($"{server.NameWithPort}: {reason}");
            }

            Log.Info($"{server.NameWithPort}: TLS level \"{policy.Level.Name()}\"");
        }

        if (policy.Failure is not null)
        {
            Explain($"would not use {server.NameWithPort}: {policy.Failure.Reason}");
            return;
        }

        if (!await new FingerSession(_options, tls, policy, target, stream, _configuration, _sessions).RunAsync(Explain) || _sessions is null)
        {
            return;
        }

        // A server that others share the work with may be another one at the next connection: until one is met again.
        await stream.DisposeAsync();
        for (int left = _options.Reconnects; ; left--)
        {
            if (_sessions.IsEmpty || _sessions.HasHit || left <= 0)
            {
                Log.Info(_sessions.IsEmpty ? "Server declined session caching. Done reconnecting."
                    : _sessions.HasHit ? "Found a previously used server.  Done reconnecting."
                    : "Maximum reconnect count reached.");
                return;
            }

            Log.Info($"Reconnecting after {_options.ReconnectDelay} seconds");
            await Task.Delay(TimeSpan.FromSeconds(Math.Min(_options.ReconnectDelay, MaxDelay)));
            _options.SpeakOfSessions();
            _sessions.Speaks = true;
            (SocketStream? next, string failure) = await ConnectAsync(server);
            if (next is null)
            {
                SayUnreachable(server, failure);
                return;
            }

            await using (next)
            {
                if (!await new FingerSession(_options, tls, policy, target, next, _configuration, _sessions) { IsAgain = true }.RunAsync(static _ => { }))
                {
                    return;
                }
            }
        }
    }

    private void SayUnreachable(ServerAddress server, string failure) =>
        Log.Info($"Failed to establish session to {_options.Destination}{(server.EndPoint is null ? "" : $" via {server.Host}")}: {failure}");

    private void Explain(string text)
    {
        if (_options.Explains)
        {
            Log.Info($"a delivery to {_options.Destination} {text}");
        }
    }

    // What this host's own settings say; or the level of the command line, with secure for dane that cannot be.
    private async ValueTask<(ClientTls Tls, TlsPolicy Policy)> DecideAsync(string prefix, TlsTarget target)
    {
        string? noDane = _dns is null ? "host names are not looked up in the DNS" : null;
        if (_options.Explains)
        {
            bool validates = _configuration.Get(SmtpParameters.SmtpDnsSupportLevel) == "dnssec";
            _configuration.Override($"{prefix}_tls_session_cache_database", "");
            noDane ??= validates ? null : $"{prefix}_dns_support_level is not \"dnssec\"";
            return await Try(noDane);
        }

        TlsLevel level = _options.Level ?? TlsLevel.Dane;
        if (level.UsesTlsa())
        {
            if (_dns is not null && !target.IsUnix)
            {
                _options.Apply(_configuration, level);
                (ClientTls Tls, TlsPolicy Policy) dane = await Try(null);
                if (dane.Policy.Level.UsesTlsa() && dane.Policy.Failure is null)
                {
                    return dane;
                }

                dane.Tls.Dispose();
            }

            if (level == TlsLevel.DaneOnly)
            {
                Log.Info("no TLSA records found, resorting to \"secure\"");
            }

            level = TlsLevel.Secure;
        }

        _options.Apply(_configuration, level);
        return await Try(noDane);

        async ValueTask<(ClientTls Tls, TlsPolicy Policy)> Try(string? noDane)
        {
            ClientTls tls = new(_configuration, prefix, tool.OpenTables(), noDane is null ? _dns : null, noDane, _sessions);
            return (tls, await tls.Policies.DecideAsync(target, isTlsOptional: false, CancellationToken.None));
        }
    }
}
