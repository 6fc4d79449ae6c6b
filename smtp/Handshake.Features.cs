using Mta.Mail.Protocols;
using Mta.Text;

namespace Mta.Smtp;

/// <summary>The part that reads what the server says it can do (RFC 5321 §4.1.1.1).</summary>
internal sealed partial class Handshake
{
    // Most mechanisms of AUTH that are kept; no server has so many.
    private const int MaxMechanisms = 100;

    private Dsn? ReadFeatures(SmtpReply reply)
    {
        List<string> discarded = [];
        ReadOnlySpan<char> rest = reply.Text;
        for (bool isFirst = true; !rest.IsEmpty; isFirst = false)
        {
            int end = rest.IndexOf('\n');
            ReadOnlySpan<char> line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            line = line.Length > 4 ? line[4..].Trim(' ') : default;
            if (isFirst)
            {
                int nameEnd = line.IndexOf(' ');
                session.HelloName = (nameEnd < 0 ? line : line[..nameEnd]).ToString();
                if (IsMyself(line))
                {
                    return Loop();
                }

                continue;
            }

            int blank = line.IndexOfAny(' ', '=');
            Note(blank < 0 ? line : line[..blank], blank < 0 ? default : line[(blank + 1)..].Trim(' '), discarded);
        }

        if (discarded.Count > 0 && !Contains(_discardedKeywords, "silent-discard"))
        {
            Log.Info($"discarding EHLO keywords: {string.Join(' ', discarded)}");
        }

        if (session.Has(ServerFeatures.SmtpUtf8) && !session.Has(ServerFeatures.EightBitMime))
        {
            Log.Info($"host {session.Server.Name} offers SMTPUTF8 support, but not 8BITMIME");
            session.Features |= ServerFeatures.EightBitMime;
        }

        return null;
    }

    private void Note(ReadOnlySpan<char> keyword, ReadOnlySpan<char> argument, List<string> discarded)
    {
        ServerFeatures feature = keyword.Length > 16 ? ServerFeatures.None : FeatureOf(keyword);
        if (feature == ServerFeatures.RequireTls && (session.Tls is null || !tables.RequireTls.IsOn))
        {
            // RFC 8689 §2: said in clear text, it could be anybody's word.
            return;
        }

        if (feature == ServerFeatures.None && !Ascii.EqualsIgnoreCase(keyword, "XFORWARD"))
        {
            return;
        }

        foreach (string word in _discardedKeywords)
        {
            if (Ascii.EqualsIgnoreCase(keyword, word))
            {
                discarded.Add(word);
                return;
            }
        }

        session.Features |= feature;
        if (feature == ServerFeatures.Size && argument.Length > 0)
        {
            NoteSize(argument);
        }
        else if (feature == ServerFeatures.Auth)
        {
            NoteMechanisms(argument);
        }
        else if (feature == ServerFeatures.None)
        {
            NoteXforward(argument);
        }
    }

    private static ServerFeatures FeatureOf(ReadOnlySpan<char> keyword) =>
        Ascii.EqualsIgnoreCase(keyword, "8BITMIME") ? ServerFeatures.EightBitMime
        : Ascii.EqualsIgnoreCase(keyword, "PIPELINING") ? ServerFeatures.Pipelining
        : Ascii.EqualsIgnoreCase(keyword, "SIZE") ? ServerFeatures.Size
        : Ascii.EqualsIgnoreCase(keyword, "DSN") ? ServerFeatures.Dsn
        : Ascii.EqualsIgnoreCase(keyword, "SMTPUTF8") ? ServerFeatures.SmtpUtf8
        : Ascii.EqualsIgnoreCase(keyword, "STARTTLS") ? ServerFeatures.StartTls
        : Ascii.EqualsIgnoreCase(keyword, "CHUNKING") ? ServerFeatures.Chunking
        : Ascii.EqualsIgnoreCase(keyword, "REQUIRETLS") ? ServerFeatures.RequireTls
        : Ascii.EqualsIgnoreCase(keyword, "AUTH") ? ServerFeatures.Auth
        : ServerFeatures.None;

    private void NoteSize(ReadOnlySpan<char> argument)
    {
        if (long.TryParse(argument, System.Globalization.NumberStyles.None, null, out long limit))
        {
            session.SizeLimit = limit;
        }
        else if (argument.IndexOfAnyExceptInRange('0', '9') < 0)
        {
            // More than anyone can send.
            session.SizeLimit = 0;
        }
        else
        {
            Log.Warn($"bad EHLO SIZE limit \"{Printable.Neutralize(argument.ToString())}\" from {session.Server.NameWithPort}");
        }
    }

    // Several lines add up; one of them may be in the old form AUTH=.
    private void NoteMechanisms(ReadOnlySpan<char> argument)
    {
        foreach (Range range in argument.SplitAny(' ', '\t'))
        {
            string name = argument[range].ToString();
            if (name.Length > 0 && !Contains(session.AuthMechanisms, name) && session.AuthMechanisms.Count < MaxMechanisms)
            {
                session.AuthMechanisms.Add(name);
            }
        }
    }

    private void NoteXforward(ReadOnlySpan<char> argument)
    {
        if (!settings.SendsXforward)
        {
            return;
        }

        foreach (Range range in argument.Split(' '))
        {
            ReadOnlySpan<char> name = argument[range];
            session.Features |= Ascii.EqualsIgnoreCase(name, "NAME") ? ServerFeatures.XforwardName
                : Ascii.EqualsIgnoreCase(name, "ADDR") ? ServerFeatures.XforwardAddress
                : Ascii.EqualsIgnoreCase(name, "PORT") ? ServerFeatures.XforwardPort
                : Ascii.EqualsIgnoreCase(name, "PROTO") ? ServerFeatures.XforwardProtocol
                : Ascii.EqualsIgnoreCase(name, "HELO") ? ServerFeatures.XforwardHelo
                : Ascii.EqualsIgnoreCase(name, "IDENT") ? ServerFeatures.XforwardIdent
                : Ascii.EqualsIgnoreCase(name, "SOURCE") ? ServerFeatures.XforwardSource
                : ServerFeatures.None;
        }
    }

    private static bool Contains(IReadOnlyList<string> words, string word)
    {
        foreach (string candidate in words)
        {
            if (Ascii.EqualsIgnoreCase(candidate, word))
            {
                return true;
            }
        }

        return false;
    }
}
