using System.Text;
using Mta.Fuzz;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Cleanup.Tests;

/// <summary>Mutated record streams and messages; see tests/fuzz/README.md.</summary>
[Collection("working directory")]
public sealed class FuzzTests : IDisposable
{
    private const string Everything = """
        header_checks = pcre:{{/^X-Warn/ WARN}, {/^X-Prepend/ PREPEND X-New: y}, {/^X-Replace:(.*)/ REPLACE X-Other:$1}, {/^X-Ignore/ IGNORE}, {/^X-Bcc/ BCC b@example.com}}
        body_checks = pcre:{{/warn/ WARN}, {/prepend/ PREPEND z}, {/ignore/ IGNORE}, {/replace/ REPLACE other}}
        strict_8bitmime = yes
        strict_mime_encoding_domain = yes
        message_strip_characters = \000
        force_mime_input_conversion = yes
        always_bcc = b@example.com
        masquerade_domains = example.com
        canonical_maps = inline:{a@example.com=b@example.com}
        virtual_alias_maps = inline:{{v@example.com=x@example.com, y@example.com}}
        """;

    private static readonly string[] Words =
    [
        "Content-Type: multipart/mixed; boundary=", "Content-Type: message/rfc822\n", "Content-Transfer-Encoding: 8bit\n", "--b\n", "--b--\n", "\n\n", "\n\t", "boundary=\"",
        "Received: x\n", "Resent-To: ", "From: ", "To: g: a, b;", "Message-Id: <", "base64", "multipart/digest", "message/partial", "\r\n", "\0", "=?utf-8?q?", "\u00c3\u00a4", "(((", "\\\"", "N\u0005", "L\u0002",
        "M\0", "X\0", "E\0", "R\u0001r", "O\u0001o", "A\u0010encoding=8bit", "p\u000f              0", "w\u00010", "f\u00018", "S\0", "T\u00039 9", "\u0080\u0080\u0080\u0080\u0001", "\u00ff\u00ff\u00ff\u00ff\u007f",
    ];

    private readonly CleanupHarness _harness = new();
    private readonly RewriteDouble _rewrite = new();

    public void Dispose()
    {
        _rewrite.Dispose();
        _harness.Dispose();
    }

    [Fact]
    public void Any_record_stream_becomes_a_valid_file_or_a_refusal() => FuzzRun.Play("cleanup", Words, input => PlayRecords(input, static file => file));

    // The last record is lost where the file has a rare byte.
    [Fact]
    public void A_lost_record_is_found() => FuzzRun.Finds("cleanup", Words, input => PlayRecords(input, static file => file.AsSpan().ContainsAnyInRange((byte)0xF0, (byte)0xFF) ? file[..^2] : file));

    [Fact]
    public void Any_message_becomes_a_valid_file_with_its_body_or_a_refusal() => FuzzRun.Play("content", Words, input => PlayMessage(input, static file => file));

    // One byte of a rare text changes.
    [Fact]
    public void A_changed_body_is_found() => FuzzRun.Finds("content", Words, input => PlayMessage(input, static file =>
    {
        int at = file.AsSpan().IndexOf("((("u8);
        return at < 0 ? file : [.. file[..at], (byte)'+', .. file[(at + 1)..]];
    }));

    private string? PlayRecords(byte[] input, Func<byte[], byte[]> plant)
    {
        using BufferedOutput client = new(Stream.Null);
        CleanupProtocol.WriteFlags(new AttributeWriter(client), CleanupFlags.External | (input.Length % 3 == 0 ? CleanupFlags.Hold : 0));
        client.Write(input);
        RecordWriter.Write(client, RecordType.End);
        RecordWriter.Write(client, RecordType.End);
        try
        {
            CleanupResult result = _harness.PlayAsync(client.PendingBytes.ToArray(), input.Length % 2 == 0 ? Everything : "").GetAwaiter().GetResult();
            return result.Status != CleanupStatus.Ok && IsInOrder(input) && !(input.Length % 2 == 0 && result.Status == CleanupStatus.Content)
                ? $"refused with {result}"
                : Judge(result, plant, out _);
        }
        catch (Exception error) when (error is AttributeFormatException or InvalidDataException or IOException)
        {
            // The connection ends without an answer, which the client takes for a temporary failure.
            return Judge(new CleanupResult(CleanupStatus.Bad, error.Message), plant, out _);
        }
    }

    private string? PlayMessage(byte[] input, Func<byte[], byte[]> plant)
    {
        bool isPlain = input.Length % 2 == 0;
        using BufferedOutput client = new(Stream.Null);
        CleanupProtocol.WriteFlags(new AttributeWriter(client), CleanupFlags.External);
        foreach (string record in CleanupHarness.Envelope("r@example.com"))
        {
            RecordWriter.Write(client, (RecordType)record[0], record[1..]);
        }

        RecordWriter.Write(client, RecordType.Text, "Received: x");
        List<string> body = [];
        bool inBody = false;
        foreach (Range range in ((ReadOnlySpan<byte>)input).Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = input.AsSpan(range);
            inBody |= line.IsEmpty;
            if (inBody)
            {
                body.Add(Encoding.Latin1.GetString(line));
            }

            while (line.Length > 2048)
            {
                RecordWriter.Write(client, RecordType.ContinuedText, line[..2048]);
                line = line[2048..];
            }

            RecordWriter.Write(client, RecordType.Text, line);
        }

        RecordWriter.Write(client, RecordType.Extracted);
        RecordWriter.Write(client, RecordType.End);
        CleanupResult result = _harness.PlayAsync(client.PendingBytes.ToArray(), isPlain ? "cleanup_replace_stray_cr_lf = no" : Everything).GetAwaiter().GetResult();
        string? wrong = Judge(result, plant, out List<string>? content);

        // The envelope is in order: there is a reason to refuse only in the content.
        bool mayLoop = Encoding.Latin1.GetString(input).Split("Received", StringSplitOptions.None).Length > 40;
        if (result.Status != CleanupStatus.Ok && !(mayLoop && result.Status == CleanupStatus.Hops) && (isPlain || result.Status != CleanupStatus.Content))
        {
            return $"refused with {result}";
        }

        if (wrong is null && isPlain && result.Status == CleanupStatus.Ok && content is not null)
        {
            string want = string.Join('\n', body.Select(Squeezed));
            string got = string.Join('\n', content.Select(Squeezed));
            wrong = want.Length == 0 || got.EndsWith(want, StringComparison.Ordinal) ? null : "the body has changed";
        }

        return wrong;
    }

    // A stream of the plainest kind: there is no reason to refuse it but what rules find in its content. A message that
    // smtpd sends begins with its Received: header.
    private static bool IsInOrder(byte[] input)
    {
        var types = new StringBuilder();
        for (int at = 0; at + 1 < input.Length;)
        {
            char type = (char)input[at];
            int length = input[at + 1];
            if (length > 127 || at + 2 + length > input.Length)
            {
                return false;
            }

            string data = Encoding.Latin1.GetString(input, at + 2, length);
            bool isPlain = type switch
            {
                'T' => data == "1795304593 5",
                'A' => data is "rewrite_context=remote" or "rewrite_context=local" or "encoding=8bit" or "encoding=7bit",
                'S' or 'O' or 'R' => data.Length > 0 && data.All(static c => char.IsAsciiLetterOrDigit(c) || c is '@' or '.'),
                'N' => types.ToString().Contains('N') ? !data.StartsWith("Received", StringComparison.OrdinalIgnoreCase) : data == "Received: x",
                'M' or 'X' or 'E' => length == 0,
                _ => false,
            };
            if (!isPlain)
            {
                return false;
            }

            types.Append(type);
            at += 2 + length;
            if (type == 'E')
            {
                break;
            }
        }

        return System.Text.RegularExpressions.Regex.IsMatch(types.ToString(), "^TA*S(O?R)+MN+XE$");
    }

    // Headers of attached messages lose blanks before their colon, as Postfix does it; which lines those are, another test says.
    private static string Squeezed(string line)
    {
        int colon = line.IndexOf(':');
        string name = colon > 0 ? line[..colon].TrimEnd(' ', '\t') : "";
        return name.Length > 0 && !name.AsSpan().ContainsAny(' ', '\t') ? name + line[colon..] : line;
    }

    private static string? Judge(CleanupResult result, Func<byte[], byte[]> plant, out List<string>? content)
    {
        content = null;
        string[] files = [.. Directory.GetFiles("hold"), .. Directory.GetFiles("incoming")];
        try
        {
            if (result.Status != CleanupStatus.Ok)
            {
                return files.Length == 0 ? null : $"refused with {result} and kept";
            }

            return files.Length switch
            {
                0 => null, // discarded
                1 => WhatIsWrong(plant(File.ReadAllBytes(files[0])), content = []),
                _ => "several files",
            };
        }
        finally
        {
            foreach (string path in files)
            {
                File.Delete(path);
            }
        }
    }

    // Record by record, without the product's own readers.
    private static string? WhatIsWrong(byte[] file, List<string> content)
    {
        int at = 0;
        char place = 'C';
        long dataOffset = 0;
        long dataSize = 0;
        int recipients = 0;
        long counted = 0;
        bool inLine = false;
        var line = new StringBuilder();
        while (at < file.Length)
        {
            int start = at;
            char type = (char)file[at++];
            int length = 0;
            for (int shift = 0; ; shift += 7)
            {
                if (at >= file.Length || shift > 28)
                {
                    return $"record at {start} has no length";
                }

                byte b = file[at++];
                length |= (b & 0x7F) << shift;
                if (b < 0x80)
                {
                    break;
                }
            }

            if (length < 0 || length > file.Length - at)
            {
                return $"record {type} at {start} is cut off";
            }

            string data = Encoding.Latin1.GetString(file, at, length);
            at += length;
            switch (place)
            {
                case 'C':
                    string[] fields = data.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                    if (type != 'C' || fields.Length != 6)
                    {
                        return "no size record";
                    }

                    (dataSize, dataOffset, counted) = (long.Parse(fields[0]), long.Parse(fields[1]), long.Parse(fields[2]));
                    place = 'e';
                    break;
                case 'e' when type == 'M':
                    if (at != dataOffset)
                    {
                        return $"content at {at}, not {dataOffset}";
                    }

                    place = 'm';
                    break;
                case 'm' when type is 'w' or 'p':
                    // Room that an edit may use.
                    break;
                case 'm' when type is 'N' or 'L':
                    if (data.Length > 2048 && type == 'N' && !inLine)
                    {
                        return "a line longer than its limit";
                    }

                    line.Append(data);
                    inLine = type == 'L';
                    if (type == 'N')
                    {
                        content.Add(line.ToString());
                        line.Clear();
                    }

                    break;
                case 'm' when type == 'X':
                    if (start != dataOffset + dataSize)
                    {
                        return $"content ends at {start}, not {dataOffset + dataSize}";
                    }

                    place = 'x';
                    break;
                case 'e' when "TFIASWV>LORKDp".Contains(type):
                case 'x' when "FILAO>REKp".Contains(type):
                    recipients += type == 'R' ? 1 : 0;
                    if (type == 'E')
                    {
                        return at != file.Length ? "more behind the end" : recipients != counted ? $"{recipients} recipients, not {counted}" : recipients == 0 ? "no recipients" : null;
                    }

                    break;
                default:
                    return $"record {type} at {start} in {place}";
            }
        }

        return $"no end, in {place}";
    }
}
