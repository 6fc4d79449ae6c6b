using Mta.Text;

namespace Mta.Mail.Headers;

/// <summary>Content types that decide how a message is read.</summary>
public enum MimeContentType
{
    /// <summary>Anything whose body is not looked into.</summary>
    Other,

    /// <summary><c>message/rfc822</c>, <c>message/global</c>: a header follows.</summary>
    Message,

    /// <summary>Other <c>message/</c> types: partial, external-body.</summary>
    OtherMessage,
    Multipart,

    /// <summary><c>multipart/digest</c>: parts are messages unless they say otherwise.</summary>
    MultipartDigest,
}

/// <summary>Reads a Content-Type value (RFC 2045 §5.1) as far as an MTA needs it, in linear time.</summary>
public static class MimeContentTypeParser
{
    /// <param name="value">What follows the colon; may hold LF.</param>
    /// <param name="boundaryLimit">Longest boundary kept; longer ones are cut.</param>
    /// <param name="boundaries">Every non-empty <c>boundary</c> parameter is added.</param>
    public static MimeContentType Parse(ReadOnlySpan<byte> value, int boundaryLimit, List<byte[]> boundaries)
    {
        int i = 0;
        ReadOnlySpan<byte> type = Token(value, ref i);
        ReadOnlySpan<byte> subtype = default;
        SkipBlanks(value, ref i);
        if (i < value.Length && value[i] == '/')
        {
            i++;
            subtype = Token(value, ref i);
        }

        MimeContentType result = Classify(type, subtype);
        if (result is MimeContentType.Multipart or MimeContentType.MultipartDigest)
        {
            Boundaries(value, i, boundaryLimit, boundaries);
        }

        return result;
    }

    private static MimeContentType Classify(ReadOnlySpan<byte> type, ReadOnlySpan<byte> subtype)
    {
        if (Ascii.EqualsIgnoreCase(type, "multipart"u8))
        {
            return Ascii.EqualsIgnoreCase(subtype, "digest"u8) ? MimeContentType.MultipartDigest : MimeContentType.Multipart;
        }

        if (Ascii.EqualsIgnoreCase(type, "message"u8))
        {
            return Ascii.EqualsIgnoreCase(subtype, "rfc822"u8) || Ascii.EqualsIgnoreCase(subtype, "global"u8)
                ? MimeContentType.Message
                : MimeContentType.OtherMessage;
        }

        return MimeContentType.Other;
    }

    private static void Boundaries(ReadOnlySpan<byte> value, int i, int limit, List<byte[]> boundaries)
    {
        while (i < value.Length)
        {
            SkipBlanks(value, ref i);
            if (i >= value.Length)
            {
                return;
            }

            if (value[i] != ';')
            {
                SkipItem(value, ref i);
                continue;
            }

            i++;
            ReadOnlySpan<byte> name = Token(value, ref i);
            SkipBlanks(value, ref i);
            if (i >= value.Length || value[i] != '=')
            {
                continue;
            }

            i++;
            SkipBlanks(value, ref i);
            byte[] text = ParameterValue(value, ref i);
            if (text.Length > 0 && Ascii.EqualsIgnoreCase(name, "boundary"u8))
            {
                boundaries.Add(text.Length > limit ? text[..limit] : text);
            }
        }
    }

    private static byte[] ParameterValue(ReadOnlySpan<byte> value, scoped ref int i)
    {
        if (i >= value.Length || value[i] != '"')
        {
            return Token(value, ref i).ToArray();
        }

        List<byte> text = [];
        for (i++; i < value.Length && value[i] != '"'; i++)
        {
            if (value[i] == '\\' && i + 1 < value.Length)
            {
                i++;
            }

            text.Add(value[i]);
        }

        i++;
        return [.. text];
    }

    // A run of anything but blanks and RFC 2045 tspecials.
    private static ReadOnlySpan<byte> Token(ReadOnlySpan<byte> value, scoped ref int i)
    {
        SkipBlanks(value, ref i);
        int start = i;
        while (i < value.Length && value[i] > ' ' && !"()<>@,;:\\\"/[]?="u8.Contains(value[i]))
        {
            i++;
        }

        return value[start..i];
    }

    // Blanks, line breaks and comments.
    private static void SkipBlanks(ReadOnlySpan<byte> value, scoped ref int i)
    {
        int depth = 0;
        while (i < value.Length)
        {
            byte b = value[i];
            if (b == '(')
            {
                depth++;
            }
            else if (b == ')' && depth > 0)
            {
                depth--;
            }
            else if (depth > 0 && b == '\\')
            {
                i++;
            }
            else if (depth == 0 && !Ascii.IsSpace(b))
            {
                return;
            }

            i++;
        }

        i = Math.Min(i, value.Length);
    }

    private static void SkipItem(ReadOnlySpan<byte> value, scoped ref int i)
    {
        if (value[i] == '"')
        {
            ParameterValue(value, ref i);
            i = Math.Min(i, value.Length);
            return;
        }

        i++;
    }
}
