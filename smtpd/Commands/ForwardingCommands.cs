using Mta.Mail;
using Mta.Mail.Addresses;
using Mta.Service;
using Mta.Smtpd.Identity;
using Mta.Text;

namespace Mta.Smtpd.Commands;

/// <summary>
/// XCLIENT and XFORWARD: a trusted proxy speaks for its client. XCLIENT replaces the client in every respect and begins
/// the session anew; XFORWARD only tells what to log.
/// </summary>
internal static class ForwardingCommands
{
    public const string XclientAttributes = "NAME ADDR PROTO HELO REVERSE_NAME PORT LOGIN DESTADDR DESTPORT";
    public const string XforwardAttributes = "NAME ADDR PROTO HELO SOURCE PORT IDENT";
    private const int MaxValue = 255;
    private const string Unavailable = "[UNAVAILABLE]";
    private const string TemporarilyUnavailable = "[TEMPUNAVAIL]";

    public static async ValueTask<bool> RunXclientAsync(Session session, List<CommandToken> words, CancellationToken stop)
    {
        string? problem = Precondition(session, words, "XCLIENT", session.MayXclient);
        var changed = new ChangedClient(session.Client);
        for (int i = 1; i < words.Count && problem is null; i++)
        {
            problem = Split(words[i].Text, out string name, out string value) ?? Take(session, changed, name, value);
        }

        if (problem is not null)
        {
            await session.ReplyAsync(problem, stop);
            return false;
        }

        session.Reset();
        session.Become(changed.ToIdentity());
        session.HeloName = changed.HeloName;
        session.IsExtended = changed.Protocol == "ESMTP";
        session.Protocol = changed.Protocol;
        session.Login = changed.KeepsLogin ? session.Login : changed.Login is { } user ? new Login(Login.XclientMethod, user) : null;
        session.ServerAddress = changed.ServerAddress ?? session.ServerAddress;
        session.ServerPort = changed.ServerPort ?? session.ServerPort;
        session.MustRestart = true;

        // The greeting of the new session is the reply; the statistics count no success.
        return true;
    }

    public static async ValueTask<bool> RunXforwardAsync(Session session, List<CommandToken> words, CancellationToken stop)
    {
        string? problem = Precondition(session, words, "XFORWARD", session.MayXforward);
        ForwardedClient forwarded = session.Forwarded ?? new ForwardedClient();
        for (int i = 1; i < words.Count && problem is null; i++)
        {
            problem = Split(words[i].Text, out string name, out string value) ?? Take(session, forwarded, name, value);
        }

        if (problem is not null)
        {
            await session.ReplyAsync(problem, stop);
            return false;
        }

        session.Forwarded = forwarded;
        await session.ReplyAsync("250 2.0.0 Ok", stop);
        return true;
    }

    private static string? Precondition(Session session, List<CommandToken> words, string command, bool mayUse) =>
        session.Transaction is not null ? "503 5.5.1 Error: MAIL transaction in progress"
        : words.Count < 2 ? $"501 5.5.4 Syntax: {command} attribute=value..."
        : !mayUse ? "550 5.7.0 Error: insufficient authorization"
        : null;

    private static string? Split(string word, out string name, out string value)
    {
        int equals = word.IndexOf('=');
        name = equals < 0 ? "" : word[..equals].ToUpperInvariant();
        value = equals < 0 ? "" : word[(equals + 1)..];
        if (value.Length == 0)
        {
            return "501 5.5.4 Error: attribute=value expected";
        }

        if (value.Length > MaxValue)
        {
            return "501 5.5.4 Error: attribute value too long";
        }

        // What does not decode is meant as it stands; what decodes to control bytes is not let in.
        value = Xtext.TryDecode(value, out string decoded) ? Printable.Neutralize(decoded, allowUtf8: true) : value;
        return null;
    }

    private static string Bad(string name, string value) => $"501 5.5.4 Bad {name} syntax: {Printable.Neutralize(value)}";

    private static bool IsPort(string value) => value.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 && value.Length <= 9;

    private static bool TryParseAddress(Session session, string value, out string address)
    {
        if (Ascii.StartsWithIgnoreCase(value, "IPv6:"))
        {
            address = value["IPv6:".Length..];
            return session.Server.HasIpv6 && DomainSyntax.IsValidIPv6(address);
        }

        address = value;
        return DomainSyntax.IsValidIPv4(address);
    }

    private static string? Take(Session session, ChangedClient changed, string name, string value)
    {
        switch (name)
        {
            case "NAME":
                if (value is Unavailable or TemporarilyUnavailable)
                {
                    changed.Name = ClientIdentity.Unknown;
                    changed.NameStatus = value == Unavailable ? NameStatus.Permanent : NameStatus.Temporary;
                }
                else if (DomainSyntax.IsValidHostName(value))
                {
                    (changed.Name, changed.NameStatus) = (value, NameStatus.Ok);
                    (changed.ReverseName, changed.ReverseStatus) = (value, NameStatus.Ok);
                }
                else
                {
                    return Bad(name, value);
                }

                return null;
            case "REVERSE_NAME":
                if (value is Unavailable or TemporarilyUnavailable)
                {
                    changed.ReverseName = ClientIdentity.Unknown;
                    changed.ReverseStatus = value == Unavailable ? NameStatus.Permanent : NameStatus.Temporary;
                }
                else if (DomainSyntax.IsValidHostName(value))
                {
                    (changed.ReverseName, changed.ReverseStatus) = (value, NameStatus.Ok);
                }
                else
                {
                    return Bad(name, value);
                }

                return null;
            case "ADDR":
                if (value == Unavailable)
                {
                    (changed.Address, changed.Family) = (ClientIdentity.Unknown, 0);
                }
                else if (TryParseAddress(session, value, out string address))
                {
                    (changed.Address, changed.Family) = (address, address.Contains(':') ? Linux.SocketName.Inet6 : Linux.SocketName.Inet);
                }
                else
                {
                    return Bad(name, value);
                }

                return null;
            case "PORT":
                if (value != Unavailable && !IsPort(value))
                {
                    return Bad(name, value);
                }

                changed.Port = value == Unavailable ? 0 : int.Parse(value);
                return null;
            case "HELO":
                changed.HeloName = value == Unavailable ? null : HelloCommand.Neutralize(value);
                return null;
            case "PROTO":
                changed.Protocol = value.ToUpperInvariant();
                return changed.Protocol is "SMTP" or "ESMTP" ? null : Bad(name, value);
            case "LOGIN":
                (changed.Login, changed.KeepsLogin) = (value == Unavailable ? null : value, false);
                return null;
            case "DESTADDR":
                changed.ServerAddress = value == Unavailable ? "" : value;
                return value == Unavailable || TryParseAddress(session, value, out _) ? null : Bad(name, value);
            case "DESTPORT":
                changed.ServerPort = value == Unavailable || !IsPort(value) ? 0 : int.Parse(value);
                return value == Unavailable || IsPort(value) ? null : Bad(name, value);
            default:
                return $"501 5.5.4 Bad XCLIENT attribute name: {Printable.Neutralize(name)}";
        }
    }

    private static string? Take(Session session, ForwardedClient forwarded, string name, string value)
    {
        const int MaxProtocol = 64;
        bool isUnknown = value == Unavailable;
        switch (name)
        {
            case "NAME":
                forwarded.Name = isUnknown ? ClientIdentity.Unknown : value;
                return isUnknown || DomainSyntax.IsValidHostName(value) ? null : Bad(name, value);
            case "ADDR":
                if (isUnknown)
                {
                    forwarded.Address = ClientIdentity.Unknown;
                    return null;
                }

                forwarded.Address = TryParseAddress(session, value, out string address) ? address : null;
                return forwarded.Address is null ? Bad(name, value) : null;
            case "PORT":
                forwarded.Port = isUnknown ? ClientIdentity.Unknown : value;
                return isUnknown || IsPort(value) ? null : Bad(name, value);
            case "HELO":
                forwarded.HeloName = isUnknown ? null : HelloCommand.Neutralize(value);
                return null;
            case "PROTO":
                forwarded.Protocol = isUnknown ? ClientIdentity.Unknown : value;
                return isUnknown || value.Length <= MaxProtocol ? null : Bad(name, value);
            case "IDENT":
                forwarded.Identifier = isUnknown ? null : value;
                return null;
            case "SOURCE":
                forwarded.IsLocal = Ascii.EqualsIgnoreCase(value, "LOCAL") ? true : Ascii.EqualsIgnoreCase(value, "REMOTE") ? false : null;
                return isUnknown || forwarded.IsLocal is not null ? null : Bad(name, value);
            default:
                return $"501 5.5.4 Bad XFORWARD attribute name: {Printable.Neutralize(name)}";
        }
    }

    // The client as XCLIENT changes it; nothing counts before all attributes are good.
    private sealed class ChangedClient(ClientIdentity before)
    {
        public string Address { get; set; } = before.Address;

        public int Family { get; set; } = before.Family;

        public int Port { get; set; } = before.Port;

        public string Name { get; set; } = before.Name;

        public NameStatus NameStatus { get; set; } = before.NameStatus;

        public string ReverseName { get; set; } = before.ReverseName;

        public NameStatus ReverseStatus { get; set; } = before.ReverseStatus;

        public string? HeloName { get; set; }

        public string Protocol { get; set; } = "SMTP";

        public string? Login { get; set; }

        public bool KeepsLogin { get; set; } = true;

        public string? ServerAddress { get; set; }

        public int? ServerPort { get; set; }

        public ClientIdentity ToIdentity() => new(Address, Port, Family, Name, NameStatus, ReverseName, ReverseStatus);
    }
}
