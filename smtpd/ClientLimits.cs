using System.Net;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail.Protocols;
using Mta.Tables;

namespace Mta.Smtpd;

/// <summary>Limits on what one client address may do, counted by the anvil service for all processes together.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
internal sealed class ClientLimits
{
    private readonly AnvilClient _anvil;
    private readonly AddressMatchList _exceptions;
    private readonly bool _counts;
    private readonly int _ipv4Prefix;
    private readonly int _ipv6Prefix;

    public ClientLimits(Configuration configuration, TableRegistry tables, SmtpdSettings settings)
    {
        _anvil = new AnvilClient();
        _exceptions = AddressMatchList.Create(configuration, SmtpdParameters.SmtpdClientEventLimitExceptions, tables);
        _ipv4Prefix = configuration.Get(SmtpdParameters.SmtpdClientIpv4PrefixLength);
        _ipv6Prefix = configuration.Get(SmtpdParameters.SmtpdClientIpv6PrefixLength);
        _counts = settings.ConnectionCountLimit > 0 || settings.ConnectionRateLimit > 0 || settings.MessageRateLimit > 0 || settings.RecipientRateLimit > 0 || settings.NewTlsRateLimit > 0;
    }

    /// <summary>A client came. The reply that sends it away, or null.</summary>
    public async ValueTask<string?> ConnectAsync(Session session, CancellationToken stop)
    {
        if (!_counts || await _exceptions.MatchesAsync(session.Client.Name, session.Client.Address, stop) != MatchResult.No)
        {
            return null;
        }

        session.Anvil ??= _anvil.Open(session.Server.ServiceName, Network(session.Client.Address));
        if (await session.Anvil.ReportAsync(AnvilRequestKind.Connect, stop) is not { } counts)
        {
            return null;
        }

        session.ConnectionCount = counts.Connections;
        SmtpdSettings settings = session.Settings;
        if (settings.ConnectionCountLimit > 0 && counts.Connections > settings.ConnectionCountLimit)
        {
            LogLines.RateLimit(session, "Connection concurrency", counts.Connections);
        }
        else if (settings.ConnectionRateLimit > 0 && counts.ConnectionRate > settings.ConnectionRateLimit)
        {
            LogLines.RateLimit(session, "Connection rate", counts.ConnectionRate);
        }
        else
        {
            return null;
        }

        return $"421 4.7.0 {settings.HostName} Error: too many connections from {session.Client.Address}";
    }

    /// <summary>The client has gone.</summary>
    public async ValueTask DisconnectAsync(Session session)
    {
        if (session.Anvil is not { } anvil)
        {
            return;
        }

        session.Anvil = null;
        try
        {
            await anvil.ReportAsync(AnvilRequestKind.Disconnect, default);
        }
        finally
        {
            anvil.Dispose();
        }
    }

    public ValueTask<bool> ExceedsMessageRateAsync(Session session, CancellationToken stop) =>
        session.Settings.MessageRateLimit > 0 && session.Anvil is { } anvil
            ? ExceedsAsync(session, anvil, AnvilRequestKind.Message, session.Settings.MessageRateLimit, "Message delivery request rate", stop)
            : new(false);

    public ValueTask<bool> ExceedsRecipientRateAsync(Session session, CancellationToken stop) =>
        session.Settings.RecipientRateLimit > 0 && session.Anvil is { } anvil
            ? ExceedsAsync(session, anvil, AnvilRequestKind.Recipient, session.Settings.RecipientRateLimit, "Recipient address rate", stop)
            : new(false);

    /// <summary>Whether a further full TLS handshake would be too many; asked before it costs anything.</summary>
    public async ValueTask<bool> HasReachedNewTlsRateAsync(Session session, CancellationToken stop)
    {
        int limit = session.Settings.NewTlsRateLimit;
        if (limit <= 0 || await _exceptions.MatchesAsync(session.Client.Name, session.Client.Address, stop) != MatchResult.No)
        {
            return false;
        }

        session.Anvil ??= _anvil.Open(session.Server.ServiceName, Network(session.Client.Address));
        return await session.Anvil.ReportAsync(AnvilRequestKind.NewTlsStatus, stop) is { } counts && counts.NewTlsRate > limit;
    }

    /// <summary>Counts a full TLS handshake.</summary>
    public ValueTask<bool> ExceedsNewTlsRateAsync(Session session, CancellationToken stop) =>
        session.Settings.NewTlsRateLimit > 0 && session.Anvil is { } anvil
            ? ExceedsAsync(session, anvil, AnvilRequestKind.NewTls, session.Settings.NewTlsRateLimit, "New TLS session rate", stop)
            : new(false);

    /// <summary>No limits for this client (<c>smtpd_client_event_limit_exceptions</c>): many people may share its address.</summary>
    public async ValueTask<bool> IsExemptAsync(Session session, CancellationToken stop) =>
        await _exceptions.MatchesAsync(session.Client.Name, session.Client.Address, stop) != MatchResult.No;

    /// <summary>Counts an AUTH command.</summary>
    public async ValueTask<bool> ExceedsAuthRateAsync(Session session, CancellationToken stop)
    {
        int limit = session.Settings.AuthRateLimit;
        if (limit <= 0 || await IsExemptAsync(session, stop))
        {
            return false;
        }

        session.Anvil ??= _anvil.Open(session.Server.ServiceName, Network(session.Client.Address));
        return await ExceedsAsync(session, session.Anvil, AnvilRequestKind.Auth, limit, "AUTH command rate", stop);
    }

    private static async ValueTask<bool> ExceedsAsync(Session session, AnvilSession anvil, AnvilRequestKind kind, int limit, string what, CancellationToken stop)
    {
        if (await anvil.ReportAsync(kind, stop) is not { } counts)
        {
            return false;
        }

        int rate = kind == AnvilRequestKind.Message ? counts.MessageRate : kind == AnvilRequestKind.NewTls ? counts.NewTlsRate : kind == AnvilRequestKind.Auth ? counts.AuthRate : counts.RecipientRate;
        if (rate <= limit)
        {
            return false;
        }

        LogLines.RateLimit(session, what, rate);
        return true;
    }

    // Neighbours in one network count as one client where the prefix is short.
    private string Network(string address)
    {
        if (!IPAddress.TryParse(address, out IPAddress? parsed))
        {
            return address;
        }

        byte[] bytes = parsed.GetAddressBytes();
        int prefix = bytes.Length == 4 ? _ipv4Prefix : _ipv6Prefix;
        if (prefix >= bytes.Length * 8)
        {
            return address;
        }

        for (int bit = prefix; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return $"{new IPAddress(bytes)}/{prefix}";
    }
}
