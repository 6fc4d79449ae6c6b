using System.Globalization;
using System.Text;

namespace Mta.Differential;

/// <summary>
/// Queue files in a notation that can be read: a line per record, the type letter, a blank, the data (with escapes).
/// <c>C auto</c> becomes a size record with the true numbers. A line <c>!bytes TEXT</c> puts bytes as they are.
/// </summary>
internal static class RecordFile
{
    private const int SizeRecordLength = 97;

    /// <returns>The file as a byte string.</returns>
    public static string Encode(IEnumerable<string> lines)
    {
        var file = new StringBuilder();
        bool hasAutomaticSize = false;
        int dataOffset = 0;
        int contentEnd = 0;
        int recipients = 0;
        foreach (string line in lines)
        {
            if (line.StartsWith("!bytes ", StringComparison.Ordinal))
            {
                file.Append(Escapes.Decode(line["!bytes ".Length..]));
                continue;
            }

            if (line == "C auto" && file.Length == 0)
            {
                hasAutomaticSize = true;
                file.Append('C').Append((char)(SizeRecordLength - 2)).Append(' ', SizeRecordLength - 2);
                continue;
            }

            char type = line[0];
            string data = line.Length < 2 ? "" : Escapes.Decode(line[2..]);
            if (type == 'X')
            {
                contentEnd = file.Length;
            }

            file.Append(type);
            AppendLength(file, data.Length);
            file.Append(data);
            if (type == 'M')
            {
                dataOffset = file.Length;
            }
            else if (type == 'R')
            {
                recipients++;
            }
        }

        if (hasAutomaticSize)
        {
            long size = contentEnd - dataOffset;
            string record = string.Create(CultureInfo.InvariantCulture, $"{size,15} {dataOffset,15} {recipients,15} {0,15} {size,15} {0,15}");
            file.Remove(2, SizeRecordLength - 2).Insert(2, record);
        }

        return file.ToString();
    }

    // Seven bits at a time, lowest first; the high bit says that more follow.
    private static void AppendLength(StringBuilder file, int length)
    {
        while (length > 0x7F)
        {
            file.Append((char)((length & 0x7F) | 0x80));
            length >>= 7;
        }

        file.Append((char)length);
    }
}
