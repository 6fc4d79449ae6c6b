using Mta.Delivery.Routing;
using Mta.Delivery.Security;
using Mta.Mail.Protocols;
using Mta.Smtp.Sasl;
using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.Smtp;

/// <summary>Greeting and EHLO, HELO or LHLO (RFC 5321 §3.1, §4.1.1.1): what the server can do.</summary>
internal sealed partial class Handshake(SmtpSettings settings, SmtpTables tables, SmtpSession session, Delivery.Delivery delivery, ClientTls tls, TlsTarget target)
{
    private const int SubmissionsPort = 465; // RFC 8314 §7.3

    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private IReadOnlyList<string> _discardedKeywords = settings.DiscardedKeywords;

    /// <summary>The server was left because it does not do what REQUIRETLS asks for: another one may.</summary>
    public bool LacksRequiredTls { get; private set; }

    /// <summary>Preference of the best server of the destination; another server's loop is tried again elsewhere.</summary>
    public int BestPreference { get; init; }

    /// <summary>The next hop as the request has it, for the text about loops.</summary>
    public string NextHop { get; init; } = "";

    /// <returns>Why this server takes no mail now; null when it does.</returns>
    public async ValueTask<Dsn?> RunAsync(CancellationToken stop)
    {
        try
        {
            if (tls.Settings.IsWrapper && await WrapAsync(stop) is { } notWrapped)
            {
                return notWrapped;
            }

            if (!tls.Settings.IsWrapper && session.Server.EndPoint?.Port == SubmissionsPort)
            {
                // Such a server waits for TLS, and says nothing before it.
                string prefix = tls.Settings.Prefix;
                Log.Info($"SMTPS wrappermode (TCP port 465) requires setting \"{prefix}_tls_wrappermode = yes\", and \"{prefix}_tls_security_level = encrypt\" (or stronger)");
            }

            session.SetTimeout(settings.HelloTimeout);
            session.State = "receiving the initial server greeting";
            SmtpReply greeting = await session.ReadReplyAsync(stop);
            if (!greeting.IsPositive)
            {
                return Refusal(greeting, isGreeting: true);
            }

            bool isEsmtp = NoteGreeting(greeting) & !await NoteFirewallAsync(greeting, stop);
            await FindDiscardedAsync(stop);
            Dsn? refused = settings.IsLmtp
                ? await SayHelloAsync("LHLO", canFallBack: false, stop)
                : isEsmtp ? await SayHelloAsync("EHLO", canFallBack: true, stop) : await SayHelloAsync("HELO", canFallBack: false, stop);
            return refused ?? await SecureAsync(stop) ?? CheckRequireTls() ?? await LogInAsync(stop);
        }
        catch (LocalDataException)
        {
            // The dialogue itself is in order: it is ended as it should be.
            return new Dsn("4.3.0", "", $"local data error while talking to {session.Server.Name}");
        }
        catch (Exception failure) when (SmtpSession.IsConnectionLoss(failure))
        {
            return session.LossOf(failure);
        }
    }

    // Whoever may log in does, or sends nothing.
    private ValueTask<Dsn?> LogInAsync(CancellationToken stop) => tables.Sasl is not null && session.Has(ServerFeatures.Auth)
        ? new SaslLogin(tables.Sasl, session).RunAsync(delivery.Request.Sender, target.Destination, stop)
        : default;

    private async ValueTask<Dsn?> WrapAsync(CancellationToken stop)
    {
        session.State = "performing the TLS handshake";
        return tls.IsAvailable
            ? await session.StartTlsAsync(tls, target, stop)
            : new Dsn("4.7.5", "", "TLS is required, but our TLS engine is unavailable");
    }

    // STARTTLS as the policy demands, then the capabilities once more: those said before could be anybody's.
    private async ValueTask<Dsn?> SecureAsync(CancellationToken stop)
    {
        TlsLevel level = session.Policy.Level;
        if (level == TlsLevel.None)
        {
            if (tls.Settings.NotesOffer && session.Has(ServerFeatures.StartTls))
            {
                Log.Info($"Host offered STARTTLS: [{session.Server.Host}]");
            }

            return null;
        }

        if (session.Tls is null && await StartTlsAsync(level == TlsLevel.May, stop) is { } refused)
        {
            return refused;
        }

        if (session.Tls is null)
        {
            return null;
        }

        await tls.StoreAsync(session.Tls, target, session.Policy, session.HelloName, stop);
        if (tls.Settings.BlocksEarlyReply && !session.Input.Available.IsEmpty)
        {
            Log.Warn($"server {session.Server.Name} violates {tls.Settings.Prefix}_tls_block_early_mail_reply policy");
            session.IsBroken = true;
            return new Dsn("4.7.0", "", "unexpected server message");
        }

        return null;
    }

    private Dsn Lacking(string status, string what)
    {
        LacksRequiredTls = true;
        return new Dsn(status, "", "Sender requested REQUIRETLS, but " + what);
    }

    // RFC 8689 §4.2.1: who does not promise to do the same is not given the message.
    private Dsn? CheckRequireTls()
    {
        if (session.RequireTls == RequireTlsLevel.Disable || session.Has(ServerFeatures.RequireTls))
        {
            return null;
        }

        if (session.RequireTls == RequireTlsLevel.Enforce)
        {
            return Lacking("5.7.30", $"no server was found that supports REQUIRETLS. The last attempted server was {session.Server.Name}");
        }

        Log.Info($"{delivery.QueueId}: Sender requested REQUIRETLS, but host {session.Server.Name} does not offer it: delivering without");
        return null;
    }

    // Null with no TLS under the session: plain text is allowed, and it stays at that.
    private async ValueTask<Dsn?> StartTlsAsync(bool isOptional, CancellationToken stop)
    {
        if (!session.Has(ServerFeatures.StartTls))
        {
            return session.RequireTls > RequireTlsLevel.Opportunistic ? Lacking("5.7.30", $"TLS service was not offered by host {session.Server.Name}")
                : isOptional ? null : new Dsn("4.7.4", "", $"TLS is required, but was not offered by host {session.Server.Name}");
        }

        if (!tls.IsAvailable)
        {
            return isOptional ? null : new Dsn("4.7.5", "", "TLS is required, but our TLS engine is unavailable");
        }

        session.SetTimeout(tls.Settings.StartTlsTimeout);
        session.State = "receiving the STARTTLS response";
        session.Output.Write("STARTTLS\r\n"u8);
        SmtpReply reply = await session.AskAsync(stop);
        if (!reply.IsPositive)
        {
            string status = reply.Status.StartsWith('4') || reply.Status.StartsWith('5') ? reply.Status : "5.5.0";
            if (session.RequireTls > RequireTlsLevel.Opportunistic)
            {
                return Lacking("5.7.10", $"host {session.Server.Name} refused to start TLS: {reply.OneLine}");
            }

            return isOptional ? null : session.FailureOf(reply, status, $"TLS is required, but host {session.Server.Name} refused to start TLS: {reply.OneLine}");
        }

        session.State = "performing the TLS handshake";
        if (await session.StartTlsAsync(tls, target, stop) is { } failure)
        {
            return session.Tls is not null && session.RequireTls == RequireTlsLevel.Enforce
                ? Lacking("5.7.10", $"no {(session.IsTlsTrusted ? "matching" : "trusted")} server certificate was found. The last attempted server was {session.Server.Name}")
                : failure;
        }

        session.SetTimeout(settings.HelloTimeout);
        return await SayHelloAsync(settings.IsLmtp ? "LHLO" : "EHLO", canFallBack: !settings.IsLmtp, stop);
    }

    private bool DetectsLoops => !settings.IsLmtp && session.Server.EndPoint?.Port == LookupSettings.LoopPort;

    // True when EHLO is to be tried.
    private bool NoteGreeting(SmtpReply greeting)
    {
        string[] words = greeting.OneLine.Length > 4 ? greeting.OneLine[4..].Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];
        if (words.Length > 0 && DetectsLoops && Ascii.EqualsIgnoreCase(words[0], settings.MyHostname))
        {
            Log.Warn($"host {session.Server.NameWithPort} greeted me with my own hostname {settings.MyHostname}");
        }

        bool isEsmtp = Array.Exists(words, static word => Ascii.EqualsIgnoreCase(word, "ESMTP"));
        return !settings.NeverSendsEhlo && (settings.AlwaysSendsEhlo || isEsmtp);
    }

    // A greeting of 2, 0, * and blanks is what a certain firewall makes of every greeting.
    private async ValueTask<bool> NoteFirewallAsync(SmtpReply greeting, CancellationToken stop)
    {
        if (greeting.Text.AsSpan().IndexOfAnyExcept("20* ") >= 0)
        {
            return false;
        }

        string words = await FirewallWordsAsync(stop);
        bool disablesEsmtp = false;
        List<string> enabled = [];
        foreach (string word in TableListSyntax.Split(words))
        {
            if (Ascii.EqualsIgnoreCase(word, "disable_esmtp"))
            {
                disablesEsmtp = true;
                enabled.Add("disable_esmtp");
            }
            else if (Ascii.EqualsIgnoreCase(word, "delay_dotcrlf") && HasWaitedLong)
            {
                session.DelaysEndOfData = true;
                enabled.Add("delay_dotcrlf");
            }
        }

        if (!string.IsNullOrWhiteSpace(words))
        {
            Log.Info($"{delivery.QueueId}: enabling PIX workarounds: {string.Join(' ', enabled)} for {session.Server.NameWithPort}");
        }

        return disablesEsmtp;
    }

    // Without the table's word, what is set for all servers counts.
    private async ValueTask<string> FirewallWordsAsync(CancellationToken stop)
    {
        try
        {
            return await SmtpTables.FindAsync(tables.PixWorkarounds, AddressText, stop) ?? settings.PixWorkarounds;
        }
        catch (LocalDataException)
        {
            return settings.PixWorkarounds;
        }
    }

    private bool HasWaitedLong
    {
        get
        {
            const long second = 1_000_000;
            MessageTimes times = delivery.Times;
            return times.Active - times.Incoming > (long)settings.PixThresholdTime.TotalSeconds * second;
        }
    }

    private string AddressText => session.Server.EndPoint?.Address.ToString() ?? session.Server.UnixPath;

    private async ValueTask FindDiscardedAsync(CancellationToken stop)
    {
        try
        {
            string? words = await SmtpTables.FindAsync(tables.DiscardedKeywords, AddressText, stop);
            if (words is not null)
            {
                _discardedKeywords = [.. TableListSyntax.Split(words)];
            }
        }
        catch (LocalDataException)
        {
            Log.Warn($"{delivery.QueueId}: {(settings.IsLmtp ? "lmtp_discard_lhlo" : "smtp_discard_ehlo")}_keyword_address_maps map lookup error for {AddressText}");
            throw;
        }
    }

    private async ValueTask<Dsn?> SayHelloAsync(string verb, bool canFallBack, CancellationToken stop)
    {
        session.State = $"performing the {verb} handshake";
        session.Output.Write(verb);
        session.Output.Write((byte)' ');
        session.Output.Write(settings.HelloName);
        session.Output.Write("\r\n"u8);
        SmtpReply reply = await session.AskAsync(stop);
        if (!reply.IsPositive)
        {
            return canFallBack && reply.Code != 421
                ? await SayHelloAsync("HELO", canFallBack: false, stop)
                : Refusal(reply, isGreeting: false);
        }

        if (verb == "HELO")
        {
            return null;
        }

        session.Features |= ServerFeatures.Esmtp;
        return ReadFeatures(reply);
    }

    private Dsn Refusal(SmtpReply reply, bool isGreeting)
    {
        string status = reply.Status;
        if (!status.StartsWith('4') && !status.StartsWith('5'))
        {
            status = "5.5.0";
        }

        if (isGreeting && settings.Skips5xxGreeting && reply.Code / 100 == 5)
        {
            status = string.Concat("4", status.AsSpan(1));
        }

        return session.FailureOf(reply, status, $"host {session.Server.Name} refused to talk to me: {reply.OneLine}");
    }

    private bool IsMyself(ReadOnlySpan<char> firstLine)
    {
        int blank = firstLine.IndexOf(' ');
        return DetectsLoops && Ascii.EqualsIgnoreCase(blank < 0 ? firstLine : firstLine[..blank], settings.MyHostname);
    }

    private Dsn Loop()
    {
        Log.Warn($"host {session.Server.NameWithPort} replied to HELO/EHLO with my own hostname {settings.MyHostname}");
        return new Dsn(session.Server.Preference == BestPreference ? "5.4.6" : "4.4.6", "", $"mail for {NextHop} loops back to myself");
    }
}
