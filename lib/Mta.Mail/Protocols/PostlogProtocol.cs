namespace Mta.Mail.Protocols;

/// <summary>
/// The log service: one datagram per line, <c>Mon dd HH:MM:SS host tag[pid]: [label: ]text</c>, no line end, no reply.
/// Anybody in the mail system's group may send, so nothing in a line is believed.
/// </summary>
public static class PostlogProtocol
{
    /// <summary>Longest datagram that the service takes.</summary>
    public const int MaxDatagram = 4096;

    /// <summary>Environment variable with the absolute path of the socket.</summary>
    public const string ServiceVariable = "POSTLOG_SERVICE";

    /// <summary>Environment variable with the host name for log lines.</summary>
    public const string HostVariable = "POSTLOG_HOSTNAME";

    private const int StampLength = 15;

    /// <summary>
    /// Makes a line that came from outside one line: control bytes become <c>?</c>, also the NUL with which some senders
    /// end their text, unless it is the last byte.
    /// </summary>
    /// <returns>Length of the line in <paramref name="line"/>.</returns>
    public static int Neutralize(Span<byte> line)
    {
        int length = line.Length;
        while (length > 0 && line[length - 1] is 0 or (byte)'\n')
        {
            length--;
        }

        for (int i = 0; i < length; i++)
        {
            if (line[i] is < 0x20 or 0x7F)
            {
                line[i] = (byte)'?';
            }
        }

        return length;
    }

    /// <summary>Takes a line apart for a log that has its own stamp and tag (syslog).</summary>
    /// <param name="label">Severity word without its colon; empty for information.</param>
    /// <returns>False when it does not look like a line of this protocol.</returns>
    public static bool TryParse(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> label, out ReadOnlySpan<byte> text)
    {
        label = text = default;
        if (line.Length <= StampLength || line[StampLength] != (byte)' ')
        {
            return false;
        }

        int end = line.IndexOf("]: "u8);
        if (end < 0)
        {
            return false;
        }

        text = line[(end + 3)..];
        int colon = text.IndexOf(": "u8);
        if (colon > 0 && IsLabel(text[..colon]))
        {
            label = text[..colon];
            text = text[(colon + 2)..];
        }

        return true;
    }

    private static bool IsLabel(ReadOnlySpan<byte> word) =>
        word.SequenceEqual("warning"u8) || word.SequenceEqual("error"u8) || word.SequenceEqual("fatal"u8) || word.SequenceEqual("panic"u8);
}
