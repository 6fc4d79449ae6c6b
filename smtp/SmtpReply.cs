using Mta.Mail;

namespace Mta.Smtp;

/// <summary>A server's reply.</summary>
/// <param name="Code">Three digits; 0 when the last line had none.</param>
/// <param name="Text">All lines with their codes, joined by newlines; printable.</param>
/// <param name="IsGarbled">A line did not have the form of a reply line.</param>
internal sealed record SmtpReply(int Code, string Text, bool IsGarbled)
{
    public bool IsPositive => Code is >= 200 and < 300;

    public bool IsIntermediate => Code is >= 300 and < 400;

    /// <summary>The text on one line, as it is logged.</summary>
    public string OneLine => Text.Contains('\n') ? Text.Replace('\n', ' ') : Text;

    /// <summary>
    /// The enhanced status: the server's own where it fits the reply code, else the code's class alone. A reply that is
    /// no reply has 5.5.0.
    /// </summary>
    public string Status
    {
        get
        {
            int replyClass = Code / 100;
            if (replyClass is not (2 or 4 or 5) || (IsGarbled && Code == 0))
            {
                return "5.5.0";
            }

            // The last line speaks for all of them.
            ReadOnlySpan<char> last = Text.AsSpan(Text.LastIndexOf('\n') + 1);
            if (last.Length > 4 && EnhancedStatus.TryParsePrefix(last[4..].TrimStart(' '), out EnhancedStatus status, out _) && status.Class == replyClass)
            {
                return status.ToString();
            }

            return replyClass switch
            {
                2 => "2.0.0",
                4 => "4.0.0",
                _ => "5.0.0",
            };
        }
    }
}
