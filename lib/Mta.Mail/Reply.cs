using Mta.Text;

namespace Mta.Mail;

/// <summary>
/// An SMTP reply (RFC 5321 §4.2): a code, an enhanced status (empty when the reply carries none) and a text. The
/// text of a reply of several lines holds its lines separated by LF.
/// </summary>
public readonly record struct Reply(int Code, EnhancedStatus Status, string Text)
{
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

    /// <summary>One line without its end: as logged.</summary>
    public override string ToString() => Status.IsEmpty ? $"{Code} {Text}" : $"{Code} {Status} {Text}";
}
