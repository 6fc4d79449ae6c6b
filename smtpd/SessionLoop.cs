using Mta.Config;
using Mta.Linux;
using Mta.Mail.Headers;
using Mta.Service;
using Mta.Smtpd.Tls;
using Mta.Tables;
using Mta.Text;
using Mta.TlsServer;

namespace Mta.Smtpd;

/// <summary>Reads commands, finds them, runs them; begins and ends the session. One per client.</summary>
internal sealed class SessionLoop(SmtpdServer server, ClientConnection connection)
{
    private readonly List<CommandToken> _words = [];

    /// <summary>Tells how many bytes wait unread; null: the connection's socket does. For tests over other streams.</summary>
    public Func<int>? WaitingInput { get; init; }

    public async Task RunAsync(CancellationToken stop)
    {
        bool isStandalone = !connection.Peer.IsInternet;
        SocketName peer = connection.Peer;
        SocketName local = connection.Local;
        bool isUnintroduced = false;
        connection.InitialBuffer = 1024;
        if (server.Settings.HasUpstreamProxy && !isStandalone && !connection.IsPassed)
        {
            ProxiedConnection? proxied = await UpstreamProxy.ReadAsync(connection.Input, server.Settings.UpstreamProxyTimeout, stop);
            isUnintroduced = proxied is null;
            if (proxied is { IsLocal: false } told)
            {
                (peer, local) = (told.Client, told.Server);
            }
        }

        ClientIdentity client = isStandalone
            ? ClientIdentity.Local
            : peer.Address.Length == 0
                ? ClientIdentity.Gone
                : await server.Names.IdentifyAsync(peer, server.Settings.PeerNameLookup, stop);
        using var session = new Session(server, connection, client) { IsStandalone = isStandalone, Transcript = server.Notices.IsOn ? new Transcript() : null };
        session.ServerAddress = local.IsInternet ? local.Address : "";
        session.ServerPort = local.Port;
        session.Input.Timeout = session.Settings.Timeout;
        session.Output.Timeout = session.Settings.Timeout;
        session.LogsDialogue = server.IsVerbose || (!server.DebugPeers.IsEmpty && await server.DebugPeers.MatchesAsync(client.Name, client.Address, stop) == MatchResult.Yes);
        LogLines.Connect(session);
        await RunGuardedAsync(session, isUnintroduced, stop);
        if (session.Milters is { } milters)
        {
            await milters.QuitAsync();
        }

        await server.Limits.DisconnectAsync(session);
        await server.Notices.SendAsync(session, stop);
        LogLines.Disconnect(session);
    }

    private async Task RunGuardedAsync(Session session, bool isUnintroduced, CancellationToken stop)
    {
        try
        {
            if (isUnintroduced)
            {
                await session.ReplyAsync($"421 4.3.0 {session.Settings.HostName} Server local error", stop);
            }
            else if (await GreetAsync(session, stop))
            {
                await ServeAsync(session, stop);
            }

            if (session.IsBroken)
            {
                NoteLoss(session);
            }
            else
            {
                await session.Output.FlushAsync(stop);
                if (session.TlsStream is { } tls)
                {
                    if (session.Server.Tls.WaitsForShutdown)
                    {
                        await tls.ShutdownAsync(session.Settings.StartTlsTimeout, stop);
                    }
                    else
                    {
                        await tls.ShutdownAsync(stop);
                    }
                }
            }
        }
        catch (TimeoutException)
        {
            LogLines.Timeout(session, StageText(session));
            session.AbortReason = "timeout";
            await TrySendAsync(session, $"421 4.4.2 {session.Settings.HostName} Error: timeout exceeded", stop);
        }
        catch (IOException)
        {
            NoteLoss(session);
        }
    }

    // A client that leaves after QUIT or after its message leaves in good order.
    private static void NoteLoss(Session session)
    {
        if (!session.EndsInOrder)
        {
            session.AbortReason = "lost connection";
            LogLines.LostConnection(session, StageText(session));
        }
    }

    private static string StageText(Session session) =>
        session.ContentProgress is { } content ? $"{session.Stage} ({content.Size} bytes)" : session.Stage;

    private static async ValueTask TrySendAsync(Session session, string reply, CancellationToken stop)
    {
        try
        {
            session.Output.Discard();
            await session.ReplyAsync(reply, stop);
            session.Output.Timeout = TimeSpan.FromSeconds(1);
            await session.Output.FlushAsync(stop);
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            // The session ends anyway, and the log has said why.
        }
    }

    // Everything before the first command. False when the client is sent away.
    private async ValueTask<bool> GreetAsync(Session session, CancellationToken stop)
    {
        if (!session.IsStandalone)
        {
            session.MayXclient = await server.MayXclientAsync(session.Client, stop);
            session.MayXforward = await server.MayXforwardAsync(session.Client, stop);
            if (server.Tls.IsWrapper && !await WrapAsync(session, stop))
            {
                return false;
            }

            if (!connection.IsPassed && HasWaitingInput(session) && await RefusePipeliningAsync(session, stop))
            {
                return false;
            }

            if (!session.MayXclient && await server.Limits.ConnectAsync(session, stop) is { } tooMuch)
            {
                await session.ReplyAsync(tooMuch, stop);
                session.EndsInOrder = true;
                return false;
            }
        }

        return await StartAsync(session, stop);
    }

    // What depends on who the client is, and the greeting: at first, and after XCLIENT.
    private async ValueTask<bool> StartAsync(Session session, CancellationToken stop)
    {
        SmtpdSettings settings = session.Settings;
        session.BareNewline = await server.BareNewlineModeAsync(session.Client, stop);
        session.AccessDenied = null;
        if (await server.HiddenKeywordsAsync(session.Client, stop) is not { } hidden)
        {
            await LocalDataErrorAsync(session, stop);
            return false;
        }

        session.Hidden = hidden;
        session.MayVerp = await server.MayVerpAsync(session.Client, stop);
        if (!settings.DelayReject && !session.IsStandalone && await server.Checks.CheckClientAsync(session, stop) is { } refusal)
        {
            session.AccessDenied = refusal;
            session.ErrorCount++;
            if (!session.IsBroken)
            {
                await session.ReplyAsync(refusal, stop);
            }

            return !session.MustClose;
        }

        await session.ReplyAsync(await SessionMilters.BeginAsync(session, stop) ?? $"220 {settings.Banner}", stop);
        return !session.MustClose;
    }

    // TLS before the greeting. False when there will be no session.
    private async ValueTask<bool> WrapAsync(Session session, CancellationToken stop)
    {
        if (server.Tls.Context is not { } context)
        {
            TlsLines.NoWrapperContext(session);
            session.EndsInOrder = true;
            return false;
        }

        if (await server.Limits.HasReachedNewTlsRateAsync(session, stop))
        {
            TlsLines.RefusedWrapper(session);
            session.EndsInOrder = true;
            return false;
        }

        if (!await TlsStart.RunAsync(session, context, stop))
        {
            session.IsBroken = true;
            return false;
        }

        if (session.Tls is { IsResumed: false } && await server.Limits.ExceedsNewTlsRateAsync(session, stop))
        {
            await session.ReplyAsync($"421 4.7.0 {session.Settings.HostName} Error: too many new TLS sessions from {session.NameAndAddress}", stop);
            session.EndsInOrder = true;
            return false;
        }

        return true;
    }

    private async ValueTask ServeAsync(Session session, CancellationToken stop)
    {
        while (!session.MustClose && !session.IsBroken)
        {
            if (session.ErrorCount >= session.Settings.HardErrorLimit)
            {
                LogLines.TooManyErrors(session);
                session.AbortReason = "too many errors";
                await session.ReplyAsync($"421 4.7.0 {session.Settings.HostName} Error: too many errors", stop);
                return;
            }

            if (session.TlsRefusal is { } refusal && await session.Commands.ReadAsync(stop) is not CommandRead.End)
            {
                await session.ReplyAsync(refusal, stop);
                session.EndsInOrder = true;
                return;
            }

            switch (await session.Commands.ReadAsync(stop))
            {
                case CommandRead.Line:
                    session.NoteCommand(session.Commands.Line);
                    if (!await ExecuteAsync(session, session.Commands.Line, stop))
                    {
                        session.ErrorCount++;
                    }

                    break;
                case CommandRead.TooLong:
                    session.NoteCommand(session.Commands.Line);
                    await session.ReplyAsync($"500 5.5.2 {session.Settings.HostName} Error: command too long", stop);
                    break;
                case CommandRead.BareNewline:
                    LogLines.Verdict(session, "reject", "bare <LF> received", null);
                    await session.ReplyAsync(Commands.EndOfMessage.BareNewlineReply(session), stop);
                    return;
                case CommandRead.End:
                    session.IsBroken = true;
                    break;
            }
        }
    }

    // Returns false for what counts as an error of the client.
    private async ValueTask<bool> ExecuteAsync(Session session, string line, CancellationToken stop)
    {
        if (session.Settings.SmtpUtf8Enable && !Ascii.IsAscii(line) && !ByteString.TryToUnicode(line, out _))
        {
            await session.ReplyAsync("500 5.5.2 Error: bad UTF-8 syntax", stop);
            return false;
        }

        LookupResult replaced = await server.FilterCommandAsync(line.TrimStart(' ', '\t'), stop);
        if (replaced.IsFailed)
        {
            await LocalDataErrorAsync(session, stop);
            return false;
        }

        if (replaced.IsFound)
        {
            LogLines.CommandReplaced(session, line, replaced.Value);
            line = replaced.Value;
        }

        CommandTokens.Scan(line, _words);
        if (_words.Count == 0)
        {
            await session.ReplyAsync("500 5.5.2 Error: bad syntax", stop);
            return false;
        }

        if (IsNoop(session, _words[0].Text))
        {
            await session.ReplyAsync("250 2.0.0 Ok", stop);
            return !IsTooMuchJunk(session);
        }

        CommandEntry? entry = CommandTable.Find(_words[0].Text);
        return entry is null ? await RefuseUnknownAsync(session, line, stop) : await RunAsync(session, entry, stop);
    }

    private async ValueTask<bool> RunAsync(Session session, CommandEntry entry, CancellationToken stop)
    {
        session.Statistics.Begin(entry.Kind);
        session.Stage = entry.Name;
        session.EndsInOrder = entry.Kind == CommandKind.Quit;
        if (session.AccessDenied is { } denied && entry.Kind != CommandKind.Quit)
        {
            await session.ReplyAsync(
                denied.StartsWith("421", StringComparison.Ordinal) || denied.StartsWith("521", StringComparison.Ordinal)
                    ? denied
                    : $"503 5.7.0 Error: access denied for {session.NameAndAddress}",
                stop);
            return false;
        }

        if (server.Tls.Level == ServerTlsLevel.Encrypt && session.Tls is null && !session.IsStandalone
            && entry.Kind is not (CommandKind.Helo or CommandKind.Ehlo or CommandKind.Xclient or CommandKind.Starttls or CommandKind.Noop or CommandKind.Quit))
        {
            await session.ReplyAsync("530 5.7.0 Must issue a STARTTLS command first", stop);
            return false;
        }

        if ((!session.IsExtended || entry.MustEndGroup) && !session.HasImproperPipelining && HasWaitingInput(session)
            && await RefusePipeliningAsync(session, stop))
        {
            return false;
        }

        bool succeeded = await entry.Run(session, _words, stop);
        if (session.Milters is { NeedsAbort: true } milters)
        {
            await milters.SettleAsync(stop);
        }

        if (session.MustRestart)
        {
            session.MustRestart = false;
            session.MayXclient = await server.MayXclientAsync(session.Client, stop);
            await StartAsync(session, stop);
            return true;
        }

        if (succeeded)
        {
            session.Statistics.Succeed(entry.Kind);
            session.EndsInOrder |= entry.Kind is CommandKind.Data or CommandKind.Bdat && session.Transaction is null;
        }

        return !(entry.IsJunk && IsTooMuchJunk(session)) && succeeded;
    }

    private async ValueTask<bool> RefuseUnknownAsync(Session session, string line, CancellationToken stop)
    {
        session.Statistics.Begin(CommandKind.Unknown);
        session.Stage = "UNKNOWN";
        session.EndsInOrder = false;
        string word = _words[0].Text;
        if (session.AccessDenied is not null)
        {
            await session.ReplyAsync($"503 5.7.0 Error: access denied for {session.NameAndAddress}", stop);
            return false;
        }

        // A header field: a web form posts a message to the SMTP port.
        if (HeaderSyntax.BeginsWithLabel(word) || await server.IsForbiddenAsync(word, stop))
        {
            LogLines.NonSmtpCommand(session, line);
            await session.ReplyAsync("221 2.7.0 Error: I can break rules, too. Goodbye.", stop);
            session.MustClose = true;
            return false;
        }

        string? reply = session.Milters is { } milters ? await milters.UnknownAsync(word, stop) : null;
        await session.ReplyAsync(reply ?? "500 5.5.2 Error: command not recognized", stop);
        return false;
    }

    private static bool IsNoop(Session session, string word)
    {
        foreach (string noop in session.Settings.NoopCommands)
        {
            if (Ascii.EqualsIgnoreCase(noop, word))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsTooMuchJunk(Session session) => session.JunkCount++ > session.Settings.JunkCommandLimit;

    private static async ValueTask LocalDataErrorAsync(Session session, CancellationToken stop)
    {
        LogLines.LocalDataError(session);
        await session.ReplyAsync($"421 4.3.0 {session.Settings.HostName} Server local data error", stop);
        session.EndsInOrder = true;
    }

    private bool HasWaitingInput(Session session)
    {
        if (session.Tls is not null)
        {
            // What waits in the socket may be the protocol's own: only what was decrypted counts.
            return !session.Input.Available.IsEmpty;
        }

        if (!session.Input.Available.IsEmpty)
        {
            return true;
        }

        return WaitingInput is { } waiting ? waiting() > 0 : session.Connection.Socket is { } socket && socket.BytesWaiting > 0;
    }

    // The client did not wait for a reply it must wait for. True when that ends the session.
    private static async ValueTask<bool> RefusePipeliningAsync(Session session, CancellationToken stop)
    {
        if (session.Input.Available.IsEmpty && !await session.Input.FillAsync(stop))
        {
            session.IsBroken = true;
            return true;
        }

        LogLines.ImproperPipelining(session, session.Input.Available);
        session.HasImproperPipelining = true;
        // On standard input nobody can know what the client waited for.
        if (session.IsStandalone || !session.Settings.ForbidUnauthPipelining)
        {
            return false;
        }

        await session.ReplyAsync("554 5.5.0 Error: SMTP protocol synchronization", stop);
        session.MustClose = true;
        session.EndsInOrder = true;
        return true;
    }
}
