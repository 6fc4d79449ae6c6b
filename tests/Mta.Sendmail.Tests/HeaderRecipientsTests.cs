using System.Text;
using Mta.Config;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Sendmail.Tests;

public sealed class HeaderRecipientsTests
{
    [Fact]
    public void To_cc_and_bcc_are_recipients() =>
        Assert.Equal(["a", "b", "d e@f", "h", "i", "j"], Found("To: a, b", " (c), \"d e\"@f", "Cc: G: h, i;", "BCC: j", "X-To: k", "", "To: body"));

    // RFC 5322 §3.6.6: resent fields stand for a new submission.
    [Fact]
    public void Resent_headers_displace_the_others() =>
        Assert.Equal(["b", "c"], Found("To: a", "Resent-To: b", "Cc: x", "Resent-Bcc: c", ""));

    [Fact]
    public void Headers_pass_as_they_are_but_for_the_obsolete_blank() =>
        Assert.Equal(["N:To: a", "N: b", "N:", "N:x"], Records("To : a", " b", "", "x"));

    [Fact]
    public void A_line_that_is_no_header_begins_the_body() =>
        Assert.Equal(["N:To: a", "N:", "N:not header", "N:To: b"], Records("To: a", "not header", "To: b"));

    [Fact]
    public void A_header_beyond_the_limit_is_refused() =>
        Assert.Equal("message header length exceeds safety limit", Assert.Throws<HeaderTooLongException>(() => Found("To: " + new string('a', 110_000), "")).Message);

    private static IReadOnlyList<string> Found(params string[] lines) => Run(lines).Found;

    private static List<string> Records(params string[] lines)
    {
        List<string> records = [];
        ReadOnlySpan<byte> bytes = Run(lines).Bytes;
        while (RecordFormat.Parse(bytes, out int header, out int length) == RecordParse.Complete)
        {
            records.Add($"{(char)bytes[0]}:{ByteString.FromBytes(bytes.Slice(header, length))}");
            bytes = bytes[(header + length)..];
        }

        return records;
    }

    private static (IReadOnlyList<string> Found, byte[] Bytes) Run(string[] lines)
    {
        HeaderRecipients headers = new(Configuration.FromText(""));
        using BufferedOutput output = new(Stream.Null);
        foreach (string line in lines)
        {
            headers.Take(output, RecordType.Text, Encoding.Latin1.GetBytes(line));
        }

        headers.Finish(output);
        return (headers.Found, output.PendingBytes.ToArray());
    }
}
