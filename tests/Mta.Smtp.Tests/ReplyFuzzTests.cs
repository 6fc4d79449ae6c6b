using System.Text;
using System.Text.RegularExpressions;
using Mta.Fuzz;
using Mta.Text;

namespace Mta.Smtp.Tests;

/// <summary>What a hostile server answers; see tests/fuzz/README.md.</summary>
public sealed partial class ReplyFuzzTests
{
    private const int LengthLimit = 2048;
    private const int MaxLines = 1000;

    private static readonly string[] Words = ["250-", "250 ", "250\r\n", "\r\n", "\n", "\r", "\r\r\n", "550 5.7.1 no\r\n", "421-4.3.2 x\r\n", "5.7.2", "2.0", "4.999.1 ", "250-SIZE 1\r\n", "\0", "\u00ff", "354 go\r\n", "no reply\r\n", new('a', 900)];

    [Fact]
    public void Any_bytes_are_the_replies_that_a_plain_reader_finds() => FuzzRun.Play("replies", Words, input => Play(input, static reply => reply));

    // The code of a reply with a garbled line is that of the line before.
    [Fact]
    public void A_wrong_code_is_found() => FuzzRun.Finds("replies", Words, input => Play(input, static reply => reply.IsGarbled && reply.Code >= 500 ? reply with { Code = 250 } : reply));

    private static string? Play(byte[] input, Func<SmtpReply, SmtpReply> plant)
    {
        List<SmtpReply> want = Model(input);
        foreach (int piece in (int[])[input.Length + 1, 1 + (input.Length % 61)])
        {
            List<SmtpReply> got = Read(input, piece, plant);
            int same = got.Zip(want).TakeWhile(static pair => pair.First == pair.Second).Count();
            if (got.Count != want.Count || same != got.Count)
            {
                return $"in pieces of {piece}: {got.Count} replies, want {want.Count}; reply {same} is {got.ElementAtOrDefault(same)}, want {want.ElementAtOrDefault(same)}";
            }

            foreach (SmtpReply reply in got)
            {
                if (!StatusForm().IsMatch(reply.Status) || (reply.Code >= 200 && reply.Status[0] != '5' && reply.Status[0] != (char)('0' + (reply.Code / 100))))
                {
                    return $"status {reply.Status} of {reply}";
                }

                if (reply.OneLine.AsSpan().IndexOfAnyInRange('\0', '\x1f') >= 0)
                {
                    return $"not printable: {CEscape.Quote(reply.OneLine)}";
                }
            }
        }

        return null;
    }

    private static List<SmtpReply> Read(byte[] input, int piece, Func<SmtpReply, SmtpReply> plant)
    {
        List<SmtpReply> found = [];
        using BufferedInput from = new(new CutStream(input, piece));
        ReplyReader reader = new(from, "server", LengthLimit);
        try
        {
            while (true)
            {
                found.Add(plant(reader.ReadAsync(default).AsTask().GetAwaiter().GetResult()));
            }
        }
        catch (EndOfStreamException)
        {
            return found;
        }
    }

    // Lines that are not ended say nothing.
    private static List<SmtpReply> Model(byte[] input)
    {
        List<SmtpReply> found = [];
        string[] lines = Encoding.Latin1.GetString(input).Split('\n')[..^1];
        var text = new StringBuilder();
        bool isGarbled = false;
        int count = 0;
        foreach (string raw in lines)
        {
            string line = string.Concat((raw.EndsWith('\r') ? raw[..^1] : raw).Select(static c => c is < ' ' or '\x7f' ? '?' : c));
            text.Append(line);
            bool hasCode = line.Length >= 3 && line[..3].All(char.IsAsciiDigit);
            if (hasCode && (line.Length == 3 || line[3] == ' '))
            {
                found.Add(new SmtpReply(int.Parse(line[..3], System.Globalization.CultureInfo.InvariantCulture), Short(text), isGarbled));
                text.Clear();
                isGarbled = false;
                count = 0;
                continue;
            }

            isGarbled |= !hasCode || line[3] != '-';
            text.Append('\n');
            if (++count == MaxLines)
            {
                break;
            }
        }

        return found;

        static string Short(StringBuilder all) => all.Length > LengthLimit ? all.ToString(0, LengthLimit) : all.ToString();
    }

    [GeneratedRegex(@"^[245]\.[0-9]{1,3}\.[0-9]{1,3}$")]
    private static partial Regex StatusForm();
}
