using System.Text;
using Mta.Mail;
using Mta.Mail.Addresses;
using Mta.Service;
using Mta.Text;

namespace Mta.Smtpd.Tests;

/// <summary>
/// Mutated command lines, addresses and proxy headers against what must always hold. <c>MTA_FUZZ=1000000</c> makes it
/// that many of each; what was found stays in <c>Found</c>.
/// </summary>
public sealed class FuzzTests
{
    private static readonly int Count = int.TryParse(Environment.GetEnvironmentVariable("MTA_FUZZ"), out int count) ? count : 5000;

    private static readonly string[] Seeds =
    [
        "MAIL FROM:<a@b.test> SIZE=10 BODY=8BITMIME RET=HDRS ENVID=a+2Bb AUTH=<>", "RCPT TO:<\"a b\"@c.test> NOTIFY=NEVER ORCPT=rfc822;x+40y",
        "MAIL FROM:<@a,@b:c@d>", "RCPT TO:a(c\\)omment)@[127.0.0.1]", "RCPT TO:<\"a\\\"b\"@[IPv6:::1]>", "VRFY \"x\\", "EHLO [1.2.3.4]", "BDAT 99999999999999999999 LAST",
        "XFORWARD NAME=a+20b ADDR=1.2.3.4", "MAIL FROM:<\xc3\xa9@\xc3\xbc.test> SMTPUTF8", "RCPT TO:<a@b>, <c@d>", "RCPT TO:<a;b:c,d@e>", "MAIL FROM:<a%b!c@d>",
    ];

    private static readonly string[] Pieces = ["<", ">", "\"", "\\", "(", ")", "@", ",", ":", ";", "[", "]", ".", "..", " ", "\t", "\0", "\r", "\n", "=", "+", "+4", "\x80", "\xff", "\xc3\xa9", "from:", "TO:", "IPv6:", "xn--", "%", "!", new('a', 300)];

    private static readonly System.Buffers.SearchValues<char> Plain = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");

    /// <summary>Inputs that were once wrong.</summary>
    public static TheoryData<string> Found => [.. Seeds];

    [Theory]
    [MemberData(nameof(Found))]
    public void What_was_found_stays_right(string line) => Check(line);

    [Fact]
    public void Any_line_is_cut_into_words_and_addresses_or_refused()
    {
        var random = new Random(4);
        for (int i = 0; i < Count; i++)
        {
            string line = Mutate(random, Seeds[random.Next(Seeds.Length)]);
            try
            {
                Check(line);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"input {i}: {CEscape.Quote(line)}: {error.Message}", error);
            }
        }
    }

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.08 192.0.2.2 1 25\r\n")]
    [InlineData("PROXY TCP4 010.0.2.8 192.0.2.2 1 25\r\n")]
    [InlineData("PROXY TCP6 ::1%1 ::2 1 25\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 -1 25\r\n")]
    public void Addresses_that_mean_several_things_are_refused(string line)
    {
        Assert.False(UpstreamProxy.TryParse(Encoding.ASCII.GetBytes(line), out _, out _, out string? problem));
        Assert.NotNull(problem);
    }

    [Fact]
    public void Any_proxy_header_is_read_or_refused()
    {
        var random = new Random(5);
        byte[][] seeds =
        [
            [.. "PROXY TCP4 192.0.2.1 192.0.2.2 1 25\r\nEHLO x\r\n"u8], [.. "PROXY TCP6 ::1 2001:db8::1 65535 25\r\n"u8], [.. "PROXY UNKNOWN\r\n"u8],
            [.. "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c"u8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13], [.. "\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"u8],
        ];
        for (int i = 0; i < Count; i++)
        {
            // A byte here and there, and a length.
            byte[] bytes = [.. seeds[random.Next(seeds.Length)]];
            for (int n = random.Next(4); n > 0; n--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            ReadOnlySpan<byte> input = bytes.AsSpan(0, random.Next(bytes.Length + 1));
            bool isWhole = UpstreamProxy.TryParse(input, out int length, out ProxiedConnection connection, out string? problem);
            Assert.False(isWhole && (problem is not null || length <= 0 || length > input.Length));
            Assert.False(!isWhole && problem is null && input.Length > 2100);
            if (isWhole && !connection.IsLocal)
            {
                Assert.True(DomainSyntax.IsValidHostAddress(connection.Client.Address), connection.Client.Address);
                Assert.InRange(connection.Client.Port, 0, 65535);
            }
        }
    }

    private static void Check(string line)
    {
        var words = new List<CommandToken>();
        CommandTokens.Scan(line, words);
        int at = 0;
        foreach (CommandToken word in words)
        {
            int found = line.IndexOf(word.Text, at, StringComparison.Ordinal);
            Assert.True(found >= at && word.Text.Length > 0, "a word is not of the line");
            at = found + word.Text.Length;
            foreach (bool strict in (bool[])[false, true])
            {
                if (SmtpPath.TryParse(word.Text, strict, out string address) && address.Length > 0)
                {
                    CheckAddress(address, word.Text);
                }
            }

            _ = Xtext.TryDecode(word.Text, out _);
            _ = Xtext.TryDecodeUnitext(word.Text, out _);
            _ = DomainSyntax.IsValidHostName(word.Text, allowUtf8: true);
            _ = DomainSyntax.TryToAscii(word.Text, out _);
            _ = DomainSyntax.TryParseLiteral(word.Text, out _);
        }
    }

    // What is written to a queue file or shown must be the address that was decided about.
    private static void CheckAddress(string address, string text)
    {
        Assert.True(address.Length <= 2 * text.Length, "an address is much longer than its text");
        // Routes have forms of their own.
        if (address.AsSpan().IndexOfAnyInRange('\0', '\x1f') >= 0 || address.StartsWith('@') || address.AsSpan().Count('@') != 1)
        {
            return;
        }

        string external = AddressSyntax.ToExternal(address);
        Assert.Equal(address, AddressSyntax.ToInternal(external));
        if (AddressSyntax.Domain(address).IndexOfAnyExcept(Plain) < 0)
        {
            Assert.True(SmtpPath.TryParse($"<{external}>", strict: true, out string again), $"{external} is not a path");
            Assert.Equal(address, again);
        }
    }

    private static string Mutate(Random random, string seed)
    {
        var text = new StringBuilder(seed);
        for (int n = random.Next(6); n >= 0; n--)
        {
            int at = random.Next(text.Length + 1);
            switch (random.Next(4))
            {
                case 0:
                    text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 1 when text.Length > 0:
                    text.Remove(Math.Min(at, text.Length - 1), 1);
                    break;
                case 2 when text.Length > 0:
                    text[Math.Min(at, text.Length - 1)] = (char)random.Next(256);
                    break;
                default:
                    string other = Seeds[random.Next(Seeds.Length)];
                    text.Insert(at, other[random.Next(other.Length)..]);
                    break;
            }
        }

        return text.ToString();
    }
}
