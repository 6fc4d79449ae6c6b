using System.Text;
using Ascii = Mta.Text.Ascii;
using Mta.Service;

namespace Mta.Smtpd.Proxy;

/// <summary>XFORWARD commands that tell a filter about the client, of the attributes that it takes.</summary>
internal static class ForwardLines
{
    private const int MaxLine = 512;
    private const string Unavailable = "[UNAVAILABLE]";

    public static List<string> Compose(Session session, string hello)
    {
        List<string> lines = [];
        HashSet<string> offered = Offered(hello);
        if (offered.Count == 0)
        {
            return lines;
        }

        ClientIdentity client = session.Client;
        ForwardedClient? forwarded = session.Forwarded;
        var line = new StringBuilder();
        Add("NAME", forwarded is not null ? forwarded.Name : client.Name);
        Add("ADDR", forwarded is not null ? forwarded.Address : client.Address, tagged: true);
        Add("PORT", forwarded is not null ? forwarded.Port : client.Port.ToString());
        Add("HELO", forwarded is not null ? forwarded.HeloName : session.HeloName);
        Add("IDENT", forwarded?.Identifier);
        Add("PROTO", forwarded is not null ? forwarded.Protocol : session.Protocol);
        Add("SOURCE", forwarded?.IsLocal ?? session.Transaction?.IsLocalRewrite == true ? "LOCAL" : "REMOTE");
        if (line.Length > 0)
        {
            lines.Add(line.ToString());
        }

        return lines;

        void Add(string name, string? value, bool tagged = false)
        {
            if (!offered.Contains(name))
            {
                return;
            }

            string shown = string.IsNullOrEmpty(value) || value == ClientIdentity.Unknown ? Unavailable
                : tagged ? Mta.Mail.Addresses.DomainSyntax.ToRfc5321(value)
                : value;
            string attribute = $" {name}={Encode(shown)}";
            if (line.Length > 0 && line.Length + attribute.Length > MaxLine)
            {
                lines.Add(line.ToString());
                line.Clear();
            }

            line.Append(line.Length == 0 ? "XFORWARD" : "").Append(attribute);
        }
    }

    private static HashSet<string> Offered(string hello)
    {
        foreach (string line in hello.Split('\n'))
        {
            if (line.Length > 4 && Ascii.StartsWithIgnoreCase(line.AsSpan(4), "XFORWARD "))
            {
                return new HashSet<string>(line[13..].ToUpperInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);
            }
        }

        return [];
    }

    // RFC 3461 §4 xtext.
    private static string Encode(string value)
    {
        var text = new StringBuilder(value.Length);
        foreach (char c in value)
        {
            _ = c is > ' ' and < '\x7f' and not ('+' or '=') ? text.Append(c) : text.Append('+').Append(((int)c).ToString("X2"));
        }

        return text.ToString();
    }
}
