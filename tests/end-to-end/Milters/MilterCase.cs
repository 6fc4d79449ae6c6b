namespace Mta.EndToEnd;

/// <summary>One session, or one message of sendmail(1), with a filter that follows a script.</summary>
/// <param name="Options">The filter's answer to the negotiation; null for the usual one.</param>
/// <param name="Lines">What the client says; null for a message to two recipients.</param>
/// <param name="Service">Which of the servers of <see cref="MilterRun"/>.</param>
/// <param name="Second">The script of a second filter.</param>
/// <param name="Kept">Set where ours differs on purpose (docs/COMPATIBILITY.md): what its result must have.</param>
internal sealed record MilterCase(
    string Name, Dictionary<char, byte[]?[]> Script, byte[]? Options = null, string[]? Lines = null, string Service = "plain", Dictionary<char, byte[]?[]>? Second = null,
    string? Kept = null)
{
    /// <summary>The service that is the sendmail command.</summary>
    public const string Sendmail = "sendmail";

    public const string Message = "From: a@b.test\r\nSubject: hi\r\n\thello\r\nT: x\r\nTo: c@virt.test\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\nMessage-Id: <m@b.test>\r\n\r\nline one\r\n..dot\r\nline two\r\n.";

    public static readonly string[] Dialogue =
        ["EHLO cl.test", "MAIL FROM:<a@b.test>", "RCPT TO:<c@virt.test>", "RCPT TO:<d@virt.test>", "DATA", Message, "QUIT"];
}
