using System.Globalization;
using System.Text;
using Mta.Fuzz;

namespace Mta.Text.Tests;

/// <summary>Attribute lists as a process that has been taken over writes them, or a policy server; see tests/fuzz/README.md.</summary>
public sealed class AttributeFuzzTests
{
    // A list that is malformed or cut off, and the end of one: no attribute has both bytes in its name.
    private static readonly (string Name, string Value) Bad = ("\0\n", "bad");
    private static readonly (string Name, string Value) EndOfList = ("\0\n", "end");

    private static readonly string[] Words = ["request\0", "status\0" + "0\0", "\0", "\0\0", "=", "\n", "\n\n", "action=", "action=DUNNO\n\n", "size=18446744073709551615\n", "-1", "00", "AAAA", "====", " "];

    [Fact]
    public void Any_bytes_are_the_lists_that_a_plain_reader_finds() => FuzzRun.Play("attributes", Words, input => Play(input, static value => value));

    // A blank at the end of a value is lost.
    [Fact]
    public void A_changed_value_is_found() => FuzzRun.Finds("attributes", Words, input => Play(input, static value => value.EndsWith(' ') ? value[..^1] : value));

    private static string? Play(byte[] input, Func<string, string> plant)
    {
        foreach (AttributeEncoding encoding in (AttributeEncoding[])[AttributeEncoding.Print0, AttributeEncoding.Plain])
        {
            List<(string Name, string Value)> want = Model(Encoding.Latin1.GetString(input), encoding, out int whole);
            foreach (int piece in (int[])[input.Length + 1, 1 + (input.Length % 997)])
            {
                List<(string Name, string Value)> got = Read(input, piece, encoding, plant);
                if (!got.SequenceEqual(want))
                {
                    return $"{encoding} in pieces of {piece}: {got.Count} entries, want {want.Count}; different from {got.Zip(want).TakeWhile(static pair => pair.First == pair.Second).Count()}";
                }
            }

            // What was read is written as it came.
            using BufferedOutput output = new(Stream.Null);
            AttributeWriter writer = new(output, encoding);
            foreach ((string name, string value) in want.TakeWhile(static one => one != Bad))
            {
                _ = (name, value) == EndOfList ? writer.End() : writer.String(ByteString.ToBytes(name), value);
            }

            if (!output.PendingBytes.StartsWith(input.AsSpan(0, whole)))
            {
                return $"{encoding}: what was read is written in another way";
            }
        }

        return null;
    }

    private static List<(string Name, string Value)> Read(byte[] input, int piece, AttributeEncoding encoding, Func<string, string> plant)
    {
        List<(string Name, string Value)> found = [];
        using BufferedInput from = new(new CutStream(input, piece));
        AttributeReader reader = new(from, encoding);
        try
        {
            while (reader.ReadListAsync().AsTask().GetAwaiter().GetResult())
            {
                while (reader.Remaining > 0)
                {
                    byte[] name = reader.PeekName.ToArray();
                    found.Add((ByteString.FromBytes(name), plant(reader.String(name))));
                }

                reader.End();
                found.Add(EndOfList);
            }
        }
        catch (AttributeFormatException)
        {
            found.Add(Bad);
        }

        return found;
    }

    /// <param name="whole">Where the last whole list ends.</param>
    private static List<(string Name, string Value)> Model(string text, AttributeEncoding encoding, out int whole)
    {
        List<(string Name, string Value)> found = [];
        List<(string Name, string Value)> list = [];
        bool isPlain = encoding == AttributeEncoding.Plain;
        char terminator = isPlain ? '\n' : '\0';
        whole = 0;
        for (int at = 0; at < text.Length;)
        {
            if (text[at] == terminator)
            {
                found.AddRange([.. list, EndOfList]);
                list.Clear();
                whole = ++at;
                continue;
            }

            int end = text.IndexOf(terminator, at);
            int middle = isPlain && end >= 0 ? text.IndexOf('=', at, end - at) : end;
            int close = isPlain || end < 0 ? end : text.IndexOf('\0', end + 1);
            if (middle < 0 || close < 0)
            {
                return [.. found, Bad];
            }

            list.Add((text[at..middle], text[(middle + 1)..close]));
            at = close + 1;
        }

        return list.Count > 0 ? [.. found, Bad] : found;
    }

    private static readonly string[] NumberWords = ["-1", "4294967295", "18446744073709551615", "9223372036854775808", "0", "+", " ", "e", "x", "\0", "00"];

    [Fact]
    public void Any_text_is_a_number_or_none() => FuzzRun.Play("numbers", NumberWords, input => Number(input, static value => value));

    // Beyond 32 bits the sign is lost.
    [Fact]
    public void A_wrong_number_is_found() => FuzzRun.Finds("numbers", NumberWords, input => Number(input, static value => value < -99_999 ? -value : value));

    private static string? Number(byte[] input, Func<long, long> plant)
    {
        string text = Encoding.Latin1.GetString(input).Replace('\0', '?');
        string digits = text.StartsWith('-') || text.StartsWith('+') ? text[1..] : text;
        bool isNumber = digits.Length > 0 && digits.All(char.IsAsciiDigit);
        long? want = isNumber && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long signed) ? signed
            : isNumber && char.IsAsciiDigit(text[0]) && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong unsigned) ? unchecked((long)unsigned)
            : null;
        using BufferedInput from = new(new CutStream([.. "n\0"u8, .. Encoding.Latin1.GetBytes(text), 0, 0], 5));
        AttributeReader reader = new(from);
        if (!reader.ReadListAsync().AsTask().GetAwaiter().GetResult())
        {
            return "no list";
        }

        long? got = null;
        try
        {
            got = plant(reader.Long("n"u8));
        }
        catch (AttributeFormatException)
        {
            // No number.
        }

        return got == want ? null : $"got {got}, want {want}";
    }
}
