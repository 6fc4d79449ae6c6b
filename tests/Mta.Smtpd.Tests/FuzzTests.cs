using System.Net;
using System.Text;
using Mta.Fuzz;
using Mta.Mail;
using Mta.Mail.Addresses;
using Mta.Service;

namespace Mta.Smtpd.Tests;

/// <summary>Mutated command lines, addresses and proxy headers against what must always hold; see tests/fuzz/README.md.</summary>
public sealed class FuzzTests
{
    private static readonly string[] Seeds =
    [
        "MAIL FROM:<a@b.test> SIZE=10 BODY=8BITMIME RET=HDRS ENVID=a+2Bb AUTH=<>", "RCPT TO:<\"a b\"@c.test> NOTIFY=NEVER ORCPT=rfc822;x+40y",
        "MAIL FROM:<@a,@b:c@d>", "RCPT TO:a(c\\)omment)@[127.0.0.1]", "RCPT TO:<\"a\\\"b\"@[IPv6:::1]>", "VRFY \"x\\", "EHLO [1.2.3.4]", "BDAT 99999999999999999999 LAST",
        "XFORWARD NAME=a+20b ADDR=1.2.3.4", "MAIL FROM:<\xc3\xa9@\xc3\xbc.test> SMTPUTF8", "RCPT TO:<a@b>, <c@d>", "RCPT TO:<a;b:c,d@e>", "MAIL FROM:<a%b!c@d>",
    ];

    private static readonly string[] Pieces = ["<", ">", "\"", "\\", "(", ")", "@", ",", ":", ";", "[", "]", ".", "..", " ", "\t", "\0", "\r", "\n", "=", "+", "+4", "\x80", "\xff", "\xc3\xa9", "from:", "TO:", "IPv6:", "xn--", "%", "!", new('a', 300)];

    private static readonly System.Buffers.SearchValues<char> Plain = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");

    private static readonly string[] HeaderWords = ["PROXY ", "TCP4 ", "TCP6 ", "UNKNOWN", " ", "\r\n", "\n", "192.0.2.1 ", "::1 ", "::ffff:1.2.3.4", "65535", "65536", "0", "\r\n\r\n\0\r\nQUIT\n", "\x21\x11\0\x0c", "\x21\x21\0\x24", "\x20\0\0\0", "\0", "\xff"];

    /// <summary>Inputs that were once wrong.</summary>
    public static TheoryData<string> Found => [.. Seeds];

    [Theory]
    [MemberData(nameof(Found))]
    public void What_was_found_stays_right(string line) => Check(line, static address => address);

    [Fact]
    public void Any_line_is_cut_into_words_and_addresses_or_refused() => FuzzRun.Play("commands", Pieces, static input => Line(input, static address => address));

    // The end of a long address is lost.
    [Fact]
    public void An_address_that_is_not_the_one_in_the_command_is_found() =>
        FuzzRun.Finds("commands", Pieces, static input => Line(input, static address => address.Length > 40 ? address[..^1] : address));

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
    public void Any_proxy_header_is_read_or_refused() => FuzzRun.Play("proxy", HeaderWords, static input => Header(input, static port => port));

    // A port that is no number of 16 bits.
    [Fact]
    public void A_port_that_is_none_is_found() => FuzzRun.Finds("proxy", HeaderWords, static input => Header(input, static port => port % 16 == 5 ? port + 65_536 : port));

    private static string? Header(byte[] input, Func<int, int> plant)
    {
        bool isWhole = UpstreamProxy.TryParse(input, out int length, out ProxiedConnection connection, out string? problem);
        if (isWhole && (problem is not null || length <= 0 || length > input.Length))
        {
            return $"whole with {length} of {input.Length} bytes, {problem}";
        }

        if (!isWhole && problem is null && input.Length > 2100)
        {
            return "waits for more";
        }

        if (!isWhole || connection.IsLocal)
        {
            return null;
        }

        string got = $"{connection.Client.Address} {plant(connection.Client.Port)} {connection.Server.Address} {connection.Server.Port}, {length}";
        string want = input[0] == 'P' ? WantOfLine(input) : WantOfBinary(input);
        return !DomainSyntax.IsValidHostAddress(connection.Client.Address) || got != want ? $"got {got}, want {want}" : null;
    }

    // PROXY TCP4 client server client's-port server's-port
    private static string WantOfLine(byte[] input)
    {
        int end = Array.IndexOf(input, (byte)'\n');
        string[] words = Encoding.Latin1.GetString(input, 0, end).TrimEnd('\r').Split(' ');
        return $"{Plainly(IPAddress.Parse(words[2]))} {int.Parse(words[4])} {Plainly(IPAddress.Parse(words[3]))} {int.Parse(words[5])}, {end + 1}";
    }

    // Two addresses and two ports behind 16 bytes, the last two of which count all that is behind them.
    private static string WantOfBinary(byte[] input)
    {
        int size = input[13] == 0x11 ? 4 : 16;
        int Number(int at) => (input[at] << 8) | input[at + 1];
        IPAddress Address(int at) => new(input[at..(at + size)]);
        int ports = 16 + (2 * size);
        return $"{Plainly(Address(16))} {Number(ports)} {Plainly(Address(16 + size))} {Number(ports + 2)}, {16 + Number(14)}";
    }

    private static IPAddress Plainly(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static string? Line(byte[] input, Func<string, string> plant)
    {
        Check(Encoding.Latin1.GetString(input), plant);
        return null;
    }

    private static void Check(string line, Func<string, string> plant)
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
                    CheckAddress(address, word.Text, plant);
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
    private static void CheckAddress(string address, string text, Func<string, string> plant)
    {
        Assert.True(address.Length <= 2 * text.Length, "an address is much longer than its text");
        // Routes have forms of their own.
        if (address.AsSpan().IndexOfAnyInRange('\0', '\x1f') >= 0 || address.StartsWith('@') || address.AsSpan().Count('@') != 1)
        {
            return;
        }

        string external = AddressSyntax.ToExternal(address);
        Assert.Equal(plant(address), AddressSyntax.ToInternal(external));
        if (AddressSyntax.Domain(address).IndexOfAnyExcept(Plain) < 0)
        {
            Assert.True(SmtpPath.TryParse($"<{external}>", strict: true, out string again), $"{external} is not a path");
            Assert.Equal(address, again);
        }
    }
}
