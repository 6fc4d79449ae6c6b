using Mta.Text;

namespace Mta.Mail;

/// <summary>
/// An SMTP reply (RFC 5321 §4.2): a code, an enhanced status (empty when the reply carries none) and a text. The
/// text of a reply of several lines holds its lines separated by LF.
/// </summary>
public readonly record struct Reply(int Code, EnhancedStatus Status, string Text)
{
    public Reply(int code, string text)
        : this(code, default, text)
    {
    }

    /// <summary>2yz or 3yz.</summary>
    public bool IsPositive => Code is >= 200 and < 400;

    public bool IsTransient => Code is >= 400 and < 500;

    public bool IsPermanent => Code is >= 500 and < 600;

    /// <summary>After these the server closes the connection (RFC 5321 §3.8, RFC 7504).</summary>
    public bool EndsSession => Code is 421 or 521;

    /// <summary>
    /// Reads <c>NNN [D.S.N] text</c>, one line. The status is taken only when its class agrees with the code.
    /// </summary>
    public static bool TryParse(string line, out Reply reply)
    {
        reply = default;
        if (line.Length < 3 || line[0] is < '2' or > '5' || !Ascii.IsDigit(line[1]) || !Ascii.IsDigit(line[2])
            || (line.Length > 3 && line[3] is not (' ' or '-' or '\t')))
        {
            return false;
        }

        int code = ((line[0] - '0') * 100) + ((line[1] - '0') * 10) + (line[2] - '0');
        string rest = line.Length > 4 ? line[4..] : "";
        if (EnhancedStatus.TryParsePrefix(rest, out EnhancedStatus status, out int length) && status.Class == line[0] - '0')
        {
            reply = new Reply(code, status, rest[length..].TrimStart(' ', '\t'));
            return true;
        }

        reply = new Reply(code, default, rest);
        return true;
    }

    /// <summary>Writes the reply with CRLF line ends; every line repeats code and status.</summary>
    public void WriteTo(BufferedOutput output)
    {
        string status = Status.ToString();
        ReadOnlySpan<char> rest = Text;
        while (true)
        {
            int end = rest.IndexOf('\n');
            ReadOnlySpan<char> line = end < 0 ? rest : rest[..end];
            output.WriteDecimal(Code);
            output.Write(end < 0 ? (byte)' ' : (byte)'-');
            if (status.Length > 0)
            {
                output.Write(status);
                output.Write((byte)' ');
            }

            Span<byte> span = output.GetSpan(line.Length);
            for (int i = 0; i < line.Length; i++)
            {
                span[i] = (byte)line[i];
            }

            output.Advance(line.Length);
            output.Write("\r\n"u8);
            if (end < 0)
            {
                return;
            }

            rest = rest[(end + 1)..];
        }
    }

    /// <summary>One line without its end: as logged.</summary>
    public override string ToString() => Status.IsEmpty ? $"{Code} {Text}" : $"{Code} {Status} {Text}";
}
