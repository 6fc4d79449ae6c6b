using System.Net;
using Mta.Mail;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Milter;
using Mta.Service;

namespace Mta.Smtpd;

/// <summary>
/// The filters of one session: tells them what the client does, has their verdicts logged and turned into replies,
/// and hands them over to cleanup with the content. Used by its own session only.
/// </summary>
internal sealed class SessionMilters : IDisposable
{
    private readonly Session _session;
    private readonly SmtpdMilters _server;
    private readonly MilterSession _milters;
    private ResolveReply? _sender;
    private ResolveReply? _recipient;
    private string? _recipientAddress;
    private string? _refusedStatus;
    private string? _refusedText;

    private SessionMilters(Session session, SmtpdMilters server, IReadOnlyList<MilterDefinition> milters)
    {
        _session = session;
        _server = server;
        _milters = new MilterSession(milters, server.Macros, Value);
    }

    /// <summary>The filters must hear that the transaction is over.</summary>
    public bool NeedsAbort { get; set; }

    /// <summary>The reply that refuses the whole session; null when there is none.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Connects to the filters of the session's client, if there are any.</summary>
    /// <returns>The reply that takes the banner's place; null for the banner.</returns>
    public static async ValueTask<string?> BeginAsync(Session session, CancellationToken stop)
    {
        if (session.Milters is { } before)
        {
            await before.QuitAsync();
            session.Milters = null;
        }

        if (session.IsStandalone)
        {
            return null;
        }

        SmtpdMilters server = session.Server.Milters;
        if (await server.ForAsync(session.Client, stop) is not { } definitions)
        {
            session.MustClose = true;
            LogLines.LocalDataError(session);
            return $"421 4.3.0 {session.Settings.HostName} Server local data error";
        }

        if (definitions.Count == 0)
        {
            return null;
        }

        session.Milters = new SessionMilters(session, server, definitions);
        return await session.Milters.ConnectAsync(stop);
    }

    /// <summary>HELO or EHLO was given.</summary>
    /// <returns>The reply when the session must end; otherwise a refusal shows in what follows.</returns>
    public async ValueTask<string?> HeloAsync(string name, CancellationToken stop)
    {
        MilterVerdict verdict = await _milters.HeloAsync(name, stop);
        string? reply = Log(verdict, null);
        Refusal = reply;
        return Closes(reply) ? reply : null;
    }

    /// <returns>The reply that refuses the sender; null to go on.</returns>
    public async ValueTask<string?> MailAsync(MailTransaction transaction, List<CommandToken> words, CancellationToken stop)
    {
        _sender = Sends("mail_host") || Sends("mail_mailer") ? await ResolveAsync(transaction.Sender, stop) : null;
        return Act(transaction, await _milters.MailAsync(Arguments(words), stop), null);
    }

    /// <returns>The reply that refuses the recipient; null to go on.</returns>
    public async ValueTask<string?> RcptAsync(MailTransaction transaction, string recipient, List<CommandToken> words, CancellationToken stop)
    {
        _refusedStatus = _refusedText = null;
        _recipientAddress = recipient;
        _recipient = Sends("rcpt_host") || Sends("rcpt_mailer") ? await ResolveAsync(recipient, stop) : null;
        return Act(transaction, await _milters.RcptAsync(Arguments(words), stop), recipient);
    }

    /// <summary>The restrictions have refused a recipient.</summary>
    public async ValueTask RejectedAsync(string recipient, string reply, List<CommandToken> words, CancellationToken stop)
    {
        if (!_milters.WantsRejectedRecipients)
        {
            return;
        }

        string text = reply.Length > 4 ? reply[4..] : "";
        _refusedStatus = "";
        if (EnhancedStatus.TryParsePrefix(text, out EnhancedStatus status, out int length))
        {
            _refusedStatus = status.ToString();
            text = text[length..].TrimStart();
        }

        _refusedText = text;
        _recipientAddress = recipient;
        await _milters.RejectedRcptAsync(Arguments(words), stop);
        _refusedStatus = _refusedText = null;
    }

    /// <returns>The reply that refuses the message; null to go on.</returns>
    public async ValueTask<string?> DataAsync(MailTransaction transaction, CancellationToken stop) =>
        Act(transaction, await _milters.DataAsync(stop), transaction.FirstRecipient);

    /// <returns>The reply in place of "not recognized"; null for that.</returns>
    public async ValueTask<string?> UnknownAsync(string command, CancellationToken stop) => Log(await _milters.UnknownAsync(command, stop), null);

    /// <summary>Hands the filters that want to see the content over to cleanup, just before it begins.</summary>
    public async ValueTask HandOverAsync(MailTransaction transaction, CancellationToken stop)
    {
        if (transaction.IsQueueBroken || transaction.Queue is null || transaction.IsDiscarded)
        {
            return;
        }

        try
        {
            await MilterHandover.SendAsync(_milters, transaction.Queue.GiveConnection(), stop);
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            LogLines.QueueServiceLost(_session, error.Message);
            transaction.IsQueueBroken = true;
        }
    }

    /// <summary>Tells the filters of transactions that have ended since the last command.</summary>
    public async ValueTask SettleAsync(CancellationToken stop)
    {
        if (NeedsAbort)
        {
            NeedsAbort = false;
            _sender = _recipient = null;
            _recipientAddress = null;
            await _milters.AbortAsync(stop);
        }
    }

    /// <summary>The end of the session.</summary>
    public async ValueTask QuitAsync()
    {
        try
        {
            // Short messages to peers that were not asked for an answer: they do not wait.
            using var timer = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await _milters.QuitAsync(timer.Token);
        }
        catch (OperationCanceledException)
        {
            // A filter that reads nothing; the connection goes anyway.
        }

        _milters.Dispose();
    }

    public void Dispose() => _milters.Dispose();

    private async ValueTask<string?> ConnectAsync(CancellationToken stop)
    {
        ClientIdentity client = _session.Client;
        IPAddress.TryParse(client.Address, out IPAddress? address);
        string? reply = Log(await _milters.ConnectAsync(client.Name, address, client.Port, stop), null);
        Refusal = reply;
        if (reply is null)
        {
            return null;
        }

        if (Closes(reply))
        {
            _session.MustClose = true;
            return $"421 {_session.Settings.HostName} Service unavailable - try again later";
        }

        if (reply[0] == '5')
        {
            _session.ErrorCount++;
            return $"554 {_session.Settings.HostName} ESMTP not accepting connections";
        }

        return null;
    }

    private string? Act(MailTransaction transaction, MilterVerdict verdict, string? recipient)
    {
        // The logged line names what is being decided about.
        string? before = _session.CurrentRecipient;
        string? reply = Log(verdict, recipient);
        _session.CurrentRecipient = before;
        switch (verdict.Kind)
        {
            case MilterVerdictKind.Discard:
                transaction.ExtraFlags |= CleanupFlags.Discard;
                break;
            case MilterVerdictKind.Hold:
                transaction.ExtraFlags |= CleanupFlags.Hold;
                break;
        }

        return reply;
    }

    // Logs a verdict and gives the reply to send, its lines separated by LF.
    private string? Log(MilterVerdict verdict, string? recipient)
    {
        if (verdict.IsContinue)
        {
            return null;
        }

        string action = verdict.Kind switch
        {
            MilterVerdictKind.Reply => "milter-reject",
            MilterVerdictKind.Discard => "milter-discard",
            MilterVerdictKind.Hold => "milter-hold",
            MilterVerdictKind.Continue => "",
        };
        LogLines.Verdict(_session, action, Text.Printable.Neutralize(verdict.Text, allowUtf8: true), recipient);
        return verdict.Kind == MilterVerdictKind.Reply ? verdict.Text.Replace("\r\n", "\n", StringComparison.Ordinal) : null;
    }

    private static bool Closes(string? reply) => reply is not null && reply.StartsWith("421", StringComparison.Ordinal);

    private static List<string> Arguments(List<CommandToken> words)
    {
        List<string> arguments = new(words.Count);
        for (int i = 2; i < words.Count; i++)
        {
            string text = words[i].Text;
            arguments.Add(i == 2 && (text.Length == 0 || text[0] != '<') ? $"<{text}>" : text);
        }

        return arguments;
    }

    private bool Sends(string macro)
    {
        for (int set = 0; set < MilterMacros.Sets; set++)
        {
            foreach (string name in _milters.Macros.Names((MilterMacroSet)set))
            {
                if (name.AsSpan().Trim("{}").SequenceEqual(macro))
                {
                    return true;
                }
            }
        }

        return _milters.HasOwnMacros;
    }

    private async ValueTask<ResolveReply?> ResolveAsync(string address, CancellationToken stop)
    {
        try
        {
            return await _session.Server.Resolver.ResolveAsync(address, stop);
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            return null;
        }
    }

    // https://www.postfix.org/MILTER_README.html#macros has the list.
    private string? Value(string name)
    {
        Session session = _session;
        ClientIdentity client = session.Client;
        return name switch
        {
            "i" => session.Transaction?.Queue?.Id.Value,
            "j" => session.Settings.HostName,
            "v" => _server.Version,
            "_" => $"{client.Name} [{client.Address}]{(client.NameStatus == NameStatus.Forged ? " (may be forged)" : "")}",
            "daemon_name" => _server.DaemonName,
            "daemon_addr" => session.ServerAddress.Length > 0 ? session.ServerAddress : null,
            "daemon_port" => session.ServerPort > 0 ? session.ServerPort.ToString() : null,
            "client_addr" => client.Address,
            "client_name" => client.Name,
            "client_port" => client.Port.ToString(),
            "client_ptr" => client.ReverseName,
            "client_connections" => session.ConnectionCount.ToString(),
            "mail_addr" => session.Transaction is { } mail ? AddressSyntax.ToExternal(mail.Sender) : null,
            "mail_host" => _sender?.NextHop,
            "mail_mailer" => _sender?.Transport,
            "rcpt_addr" => _refusedText ?? (_recipientAddress is { } recipient ? AddressSyntax.ToExternal(recipient) : null),
            "rcpt_host" => _refusedText is not null ? _refusedStatus : _recipient?.NextHop,
            "rcpt_mailer" => _refusedText is not null ? "error" : _recipient?.Transport,
            "tls_version" => session.Tls?.Protocol,
            "cipher" => session.Tls?.Cipher,
            "cipher_bits" => session.Tls?.CipherBits.ToString(),
            "cert_subject" => session.Tls?.Peer?.SubjectCn,
            "cert_issuer" => session.Tls?.Peer?.IssuerCn,
            "auth_type" => session.Login?.Method,
            "auth_authen" => session.Login?.UserName,
            "auth_author" => session.Transaction is { SaslSender.Length: > 0 } sent ? sent.SaslSender : null,
            _ => null,
        };
    }
}
