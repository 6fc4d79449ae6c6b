using System.Buffers.Text;

namespace Mta.Mail.Queue;

/// <summary>
/// The size record: six numbers in 15 columns each, separated by a blank, always the first 97 bytes of a queue file.
/// Cleanup writes zeros first and the truth when all else is written.
/// </summary>
/// <param name="DataSize">Offset of the <see cref="RecordType.Extracted"/> record less <paramref name="DataOffset"/>.</param>
/// <param name="DataOffset">Offset just behind the <see cref="RecordType.Message"/> record.</param>
/// <param name="Recipients">Recipient records written.</param>
/// <param name="Hints">Bit 0: recipients are mixed with other records; bits 1-4: all DSN NOTIFY masks, shifted by one.</param>
/// <param name="ContentLength">Bytes of content in the file, body edits included; what is logged as the size.</param>
/// <param name="SendOptions">1 SMTPUTF8 requested, 2 UTF-8 in a header, 4 UTF-8 sender, 16 TLS-Required: no, 32 REQUIRETLS.</param>
public readonly record struct SizeRecord(long DataSize, long DataOffset, int Recipients, int Hints, long ContentLength, int SendOptions)
{
    public const int DataLength = 95;
    public const int RecordLength = DataLength + 2;
    public const int MixedHint = 1;
    public const int KnownHints = 0x1F;
    public const int KnownSendOptions = 1 | 2 | 4 | 16 | 32;

    private const int Columns = 15;

    /// <summary>Formats the whole record, <see cref="RecordLength"/> bytes.</summary>
    public void Write(Span<byte> target)
    {
        RecordFormat.WriteHeader(target, RecordType.Size, DataLength);
        target[2..RecordLength].Fill((byte)' ');
        WriteField(target, 0, DataSize);
        WriteField(target, 1, DataOffset);
        WriteField(target, 2, Recipients);
        WriteField(target, 3, Hints);
        WriteField(target, 4, ContentLength);
        WriteField(target, 5, SendOptions);
    }

    /// <summary>Reads the data of a size record: three fields or more; what follows the sixth is ignored.</summary>
    public static bool TryParse(ReadOnlySpan<byte> data, out SizeRecord record)
    {
        Span<long> fields = stackalloc long[6];
        fields.Clear();
        int count = 0;
        while (count < fields.Length)
        {
            data = data.TrimStart((byte)' ');
            if (data.IsEmpty || !Utf8Parser.TryParse(data, out fields[count], out int used) || fields[count] < 0
                || (used < data.Length && data[used] != ' '))
            {
                break;
            }

            data = data[used..];
            count++;
        }

        record = default;
        if (count < 3 || fields[2] > int.MaxValue || fields[3] > int.MaxValue || fields[5] > int.MaxValue)
        {
            return false;
        }

        record = new SizeRecord(fields[0], fields[1], (int)fields[2], (int)fields[3], fields[4] == 0 ? fields[0] : fields[4], (int)fields[5]);
        return true;
    }

    private static void WriteField(Span<byte> record, int index, long value) =>
        RecordText.WriteColumns(record.Slice(2 + (index * (Columns + 1)), Columns), value);
}
