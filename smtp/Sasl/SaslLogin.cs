using Mta.Mail.Protocols;
using Mta.Text;
using NLog;

namespace Mta.Smtp.Sasl;

/// <summary>Logs in to one server (RFC 4954): whoever has credentials for it uses them, or sends no mail.</summary>
internal sealed class SaslLogin(SaslClient sasl, SmtpSession session)
{
    private const int MaxChallenges = 100;
    private const int MaxCommand = 512;

    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    /// <param name="destination">The next hop as configured.</param>
    /// <returns>Why this server gets no mail now; null when it does.</returns>
    public async ValueTask<Dsn?> RunAsync(string sender, string destination, CancellationToken stop)
    {
        List<string> mechanisms = await sasl.FilterAsync(session.AuthMechanisms, stop);
        if (mechanisms.Count == 0)
        {
            Log.Warn(session.AuthMechanisms.Count == 0
                ? $"{session.Server.NameWithPort} offered null AUTH mechanism list"
                : $"{session.Server.NameWithPort} offered no supported AUTH mechanisms: '{Printable.Neutralize(string.Join(' ', session.AuthMechanisms))}'");
        }

        if (await sasl.FindAsync(session.QueueId, sender, session.Server.Host, destination, stop) is not { } credentials)
        {
            return null;
        }

        session.LoginKey = KeyOf(credentials);
        if (mechanisms.Count == 0)
        {
            return new Dsn("4.7.0", "", $"SASL authentication failed: server {session.Server.Name} offered no compatible authentication mechanisms for this type of connection security");
        }

        if (sasl.Failures is not null && !credentials.HasToken && await sasl.Failures.FindAsync(session.Server.Host, credentials, stop) is { } earlier)
        {
            return new Dsn(Softened(earlier.Status), "", $"SASL [CACHED] authentication failed; server {session.Server.Host} said: {earlier.Reason}");
        }

        if (await sasl.ChooseAsync(mechanisms, credentials, session, stop) is not { } mechanism)
        {
            Log.Warn("SASL authentication failure: No worthy mechs found");
            return Cannot("no mechanism available");
        }

        if (mechanism.Initial is not null && IsNobody(credentials))
        {
            return Cannot(SaslMechanism.GenericFailure);
        }

        return await TalkAsync(mechanism, credentials, stop);
    }

    private static bool IsNobody(SaslCredentials credentials)
    {
        bool isBlank = credentials.User.AsSpan().Trim().IsEmpty;
        if (isBlank)
        {
            Log.Warn("SASL authentication failure: All-whitespace username.");
        }

        return isBlank;
    }

    /// <summary>What of the credentials makes sessions alike.</summary>
    public static string KeyOf(SaslCredentials? credentials) => credentials is null ? "" : $"\0{credentials.User}\0{credentials.Password}";

    private async ValueTask<Dsn?> TalkAsync(SaslMechanism mechanism, SaslCredentials credentials, CancellationToken stop)
    {
        string? initial = mechanism.Initial is null ? null : Encode(mechanism.Initial);
        bool isLate = initial is not null && mechanism.Name.Length + initial.Length + 8 > MaxCommand;
        session.Output.Write("AUTH ");
        session.Output.Write(mechanism.Name);
        if (initial is not null && !isLate)
        {
            session.Output.Write((byte)' ');
            session.Output.Write(initial.Length == 0 ? "=" : initial);
        }

        session.Output.Write("\r\n"u8);
        SmtpReply reply = await session.AskAsync(stop);
        for (int challenges = 1; reply.IsIntermediate; challenges++)
        {
            if (challenges > MaxChallenges)
            {
                return new Dsn("4.3.0", "", $"SASL authentication failed; authentication protocol loop with server {session.Server.Name}");
            }

            string text = reply.Text.Length > 4 ? reply.OneLine[4..].Trim(' ') : "";
            if (isLate)
            {
                isLate = false;
                if (text.Length > 0)
                {
                    return new Dsn("4.7.0", "", $"SASL authentication failed; non-empty initial {mechanism.Name} challenge from server {session.Server.Name}: {reply.OneLine}");
                }

                reply = await SayAsync(initial!, stop); // There is one: it is late.
                continue;
            }

            SaslReply answer = !SaslBase64.TryDecode(text, out byte[] challenge, out bool isCut)
                ? SaslReply.Fail(isCut ? SaslMechanism.StepNeeded : SaslMechanism.ProtocolError)
                : IsNobody(credentials) ? SaslReply.Fail(SaslMechanism.GenericFailure)
                : mechanism.Answer(ByteString.FromBytes(challenge));
            if (answer.Response is null)
            {
                return Cannot(answer.Error!); // There is one of the two.
            }

            reply = await SayAsync(Encode(answer.Response), stop);
        }

        if (!reply.IsPositive)
        {
            return Refused(reply, credentials, mechanism.Token);
        }

        if (!mechanism.IsSatisfied)
        {
            // RFC 5802 §5: without its proof, this is anybody.
            return Cannot("the server has not proven that it knows the password");
        }

        return null;
    }

    private ValueTask<SmtpReply> SayAsync(string text, CancellationToken stop)
    {
        session.Output.Write(text);
        session.Output.Write("\r\n"u8);
        return session.AskAsync(stop);
    }

    private Dsn Refused(SmtpReply reply, SaslCredentials credentials, string token)
    {
        string status = reply.Status;
        string text = reply.Text.Replace('\n', '?');
        if (reply.Code == 535 && credentials.HasToken)
        {
            // Withdrawn before its time, perhaps. Another one may do: that is no reason not to try.
            sasl.Tokens.Reject(credentials.Source, token);
        }
        else if (reply.Code == 535)
        {
            sasl.Failures?.Add(session.Server.Host, credentials, status, reply.Text.Split('\n', 2)[0]);
        }

        return session.FailureOf(reply, Softened(status), $"SASL authentication failed; server {session.Server.Name} said: {text}");
    }

    private string Softened(string status) => sasl.SoftensRefusals && status.StartsWith('5') ? string.Concat("4", status.AsSpan(1)) : status;

    private Dsn Cannot(string reason) => new("4.7.0", "", $"SASL authentication failed; cannot authenticate to server {session.Server.Name}: {reason}");

    private static string Encode(string text) => Convert.ToBase64String(ByteString.ToBytes(text));
}
