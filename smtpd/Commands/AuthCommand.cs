using Mta.Sasl;
using Mta.Smtpd.Identity;
using Mta.Text;

namespace Mta.Smtpd.Commands;

/// <summary>AUTH (RFC 4954): passes the exchange between the client and the back end that knows the passwords.</summary>
internal static class AuthCommand
{
    private const int MaxSteps = 100;

    public static async ValueTask<bool> RunAsync(Session session, List<CommandToken> words, CancellationToken stop)
    {
        if (await RefusalAsync(session, words, stop) is { } refusal)
        {
            await session.ReplyAsync(refusal, stop);
            return false;
        }

        SmtpdSasl sasl = session.Server.Sasl!; // active, so enabled
        string mechanism = words[1].Text;
        TimeSpan delay = sasl.Failures.DelayForAddress(session.Client.Address);
        if (delay > TimeSpan.Zero && !await session.Server.Limits.IsExemptAsync(session, stop))
        {
            await Task.Delay(delay, stop);
        }

        if (await sasl.MechanismsAsync(session, stop) is not { } offered)
        {
            return await EndAsync(session, sasl, mechanism, SaslStep.Temporary("Can't connect to authentication server"), stop);
        }

        if (!offered.Exists(name => Ascii.EqualsIgnoreCase(name, mechanism)))
        {
            return await EndAsync(session, sasl, mechanism, SaslStep.Failed("Invalid authentication mechanism"), stop);
        }

        string? initial = words.Count > 2 ? words[2].Text : null;
        if (initial is not null && !Base64Text.TryDecode(initial, out _))
        {
            return await EndAsync(session, sasl, mechanism, SaslStep.Failed("Invalid base64 data in initial response"), stop);
        }

        using ISaslExchange exchange = sasl.Backend.Begin(new SaslConnection(
            sasl.Service, session.ServerAddress, session.Client.Address, session.Tls is not null, CertificateUser(session)));
        SaslStep step = await exchange.StartAsync(mechanism, initial, stop);
        for (int count = 0; step.Outcome == SaslOutcome.Challenge; count++)
        {
            await session.ReplyAsync($"334 {step.Text}", stop);
            session.Commands.LongestLine = sasl.ResponseLimit;
            CommandRead read = await session.Commands.ReadAsync(stop);
            session.Commands.LongestLine = 0;
            if (read == CommandRead.End || read == CommandRead.BareNewline)
            {
                session.IsBroken = true;
                return false;
            }

            string response = session.Commands.Line;
            if (read == CommandRead.TooLong || response.Length >= sasl.ResponseLimit)
            {
                if (read != CommandRead.TooLong)
                {
                    LogLines.RequestTooLong(session, sasl.ResponseLimit, "*");
                }

                await session.ReplyAsync("500 5.5.6 SASL response limit exceeded", stop);
                return false;
            }

            if (response == "*")
            {
                LogLines.Warning($"{session.NameAndAddress}: SASL {Printable.Neutralize(mechanism)} authentication aborted");
                await session.ReplyAsync("501 5.7.0 Authentication aborted", stop);
                return false;
            }

            step = count >= MaxSteps ? SaslStep.Failed("endless exchange")
                : Base64Text.TryDecode(response, out _) ? await exchange.ContinueAsync(response, stop)
                : SaslStep.Failed("Invalid base64 data in continued response", step.User);
        }

        return await EndAsync(session, sasl, mechanism, step, stop);
    }

    private static async ValueTask<string?> RefusalAsync(Session session, List<CommandToken> words, CancellationToken stop)
    {
        if (await session.Server.Limits.ExceedsAuthRateAsync(session, stop))
        {
            return $"450 4.7.1 Error: too many AUTH commands from {session.Client.Address}";
        }

        if (session.Settings.HeloRequired && session.HeloName is null)
        {
            return "503 5.5.1 Error: send HELO/EHLO first";
        }

        if (!SmtpdSasl.IsActive(session) || session.Hidden.Contains(EhloKeywords.Auth))
        {
            return "503 5.5.1 Error: authentication not enabled";
        }

        if (session.Transaction is not null)
        {
            return "503 5.5.1 Error: MAIL transaction in progress";
        }

        if (session.Milters?.Refusal is { } refused)
        {
            return refused[0] == '4' ? "454 4.3.0 Try again later" : refused;
        }

        return session.IsAuthenticated ? "503 5.5.1 Error: already authenticated"
            : words.Count is < 2 or > 3 ? "501 5.5.4 Syntax: AUTH mechanism"
            : null;
    }

    private static async ValueTask<bool> EndAsync(Session session, SmtpdSasl sasl, string mechanism, SaslStep step, CancellationToken stop)
    {
        bool isTemporary = step.Outcome == SaslOutcome.Temporary;
        if (!isTemporary)
        {
            if (step.Outcome != SaslOutcome.Done)
            {
                sasl.Failures.Note(session.Client.Address, step.User);
            }

            TimeSpan delay = sasl.Failures.DelayForAccount(step.User);
            if (delay > TimeSpan.Zero)
            {
                await Task.Delay(delay, stop);
            }
        }

        if (step.Outcome == SaslOutcome.Done)
        {
            session.Login = new Login(Printable.Neutralize(mechanism), step.Text);
            await session.ReplyAsync("235 2.7.0 Authentication successful", stop);
            return true;
        }

        string reason = step.Text.Length > 0 ? step.Text : "(reason unavailable)";
        string user = step.User.Length > 0 ? step.User : "(unavailable)";
        LogLines.Warning($"{session.NameAndAddress}: SASL {Printable.Neutralize(mechanism)} authentication failed: {reason}, sasl_username={user}");
        await session.ReplyAsync(
            isTemporary ? $"454 4.7.0 Temporary authentication failure: {reason}" : $"535 5.7.8 Error: authentication failed: {reason}",
            stop);
        return false;
    }

    // Only a certificate that was verified says who someone is.
    private static string? CertificateUser(Session session) =>
        session.Tls is { IsTrusted: true, Peer: { } peer } ? peer.SubjectCn : null;
}
