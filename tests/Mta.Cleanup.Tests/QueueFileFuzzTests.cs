using System.Globalization;
using System.Text;
using Mta.Fuzz;
using Mta.Linux;
using Mta.Mail.Queue;

namespace Mta.Cleanup.Tests;

/// <summary>Queue files as a damaged disk or a stranger leaves them; see tests/fuzz/README.md.</summary>
public sealed class QueueFileFuzzTests : IDisposable
{
    private const int MaxRecords = 5_000;

    private static readonly string[] Words =
    [
        "p\u000f              0", "p\u000f             97", "p\u000f            150", "p\u000f           -10", "w\u00010", "R\u0001r", "S\0", "M\0", "X\0", "E\0", "N\u0001x", "L\u0001y", "A\u000fencoding=8bit ", "T\u00039 9", "O\u0001o",
        "C_", "\u0080\u0080\u0080\u0080\u0080\u0001", "\u00ff\u00ff\u00ff\u00ff\u000f", "\u0081\0", "W\u00011", "K\u0001k",
    ];

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Any_file_reads_as_a_plain_reader_reads_it() => FuzzRun.Play("files", Words, input => Play(input, static data => data));

    // The last byte of a long record is lost.
    [Fact]
    public void A_lost_byte_is_found() => FuzzRun.Finds("files", Words, input => Play(input, static data => data.Length is > 100 and < 200 && data[0] == 'a' ? data[..^1] : data));

    private string? Play(byte[] input, Func<string, string> plant)
    {
        File.WriteAllBytes(_path, input);
        using FileHandle file = Posix.Open(_path, OpenFlags.ReadOnly, 0);
        List<string> want = Plain(input);
        using (var reader = new RecordFileReader(file, windowSize: 16))
        {
            for (int i = 0; i < want.Count; i++)
            {
                RecordRead read = reader.Read(out RecordType type, out ReadOnlySpan<byte> data);
                string found = read == RecordRead.Record ? $"{reader.RecordOffset} {(char)type}{plant(Encoding.Latin1.GetString(data))}" : "";
                if (found != want[i])
                {
                    return $"record {i}: got {found}, want {want[i]}";
                }
            }
        }

        var envelope = new QueueEnvelopeReader();
        List<QueueRecipient> recipients = [];
        if (envelope.ReadFirst(file, 3, recipients))
        {
            for (int count = recipients.Count; envelope.HasUnreadRecipients && envelope.ReadMore(file, 3, recipients) && recipients.Count > count; count = recipients.Count)
            {
            }

            if (recipients.Exists(one => one.Offset >= input.Length || input[one.Offset] != 'R'))
            {
                return "a recipient that is none";
            }

            using var content = new ContentReader(file, envelope.Envelope.Size.DataOffset);
            for (int i = 0; i < MaxRecords && content.ReadChunk(out _, out _); i++)
            {
            }
        }

        return null;
    }

    // The empty text ends the list where reading ends.
    private static List<string> Plain(byte[] input)
    {
        List<string> records = [];
        long at = 0;
        while (records.Count < MaxRecords)
        {
            if (FollowedFile.Record(input, at) is not { } record)
            {
                records.Add("");
                break;
            }

            if (record.Type == 'p')
            {
                // The runtime's parser passes over NULs behind a number.
                if (record.Data.Contains('\0') || !long.TryParse(record.Data.TrimStart(' '), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long target) || target < 0)
                {
                    records.Add("");
                    break;
                }

                // A circle without records: both give up.
                if (target > 0 && target <= at && Comes(input, target, at))
                {
                    return records;
                }

                at = target > 0 ? target : record.Next;
                continue;
            }

            if (record.Type != 'w')
            {
                records.Add($"{at} {record.Type}{record.Data}");
            }

            at = record.Next;
        }

        return records;
    }

    // Whether nothing but pointers and padding leads from one place back to another.
    private static bool Comes(byte[] input, long from, long to)
    {
        for (int i = 0; i < 200; i++)
        {
            if (from == to)
            {
                return true;
            }

            if (FollowedFile.Record(input, from) is not { Type: 'p' or 'w' } record)
            {
                return false;
            }

            from = record.Type == 'p' && long.TryParse(record.Data.Trim(' '), NumberStyles.None, CultureInfo.InvariantCulture, out long target) && target > 0 ? target : record.Next;
        }

        return true;
    }
}
