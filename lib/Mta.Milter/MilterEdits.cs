using System.Buffers.Binary;
using Mta.Text;

namespace Mta.Milter;

/// <summary>Reads edit requests off the wire.</summary>
internal static class MilterEdits
{
    /// <returns>False when the letter is none of an edit request.</returns>
    /// <param name="malformed">What is wrong with the request, %s in place of the filter's name; null when nothing is.</param>
    public static bool TryParse(char letter, ReadOnlySpan<byte> data, bool keepsSpace, out MilterEdit edit, out string? malformed)
    {
        edit = default;
        malformed = null;
        (MilterEditKind? kind, bool hasIndex, int strings, bool isOptional) = letter switch
        {
            'h' => ((MilterEditKind?)MilterEditKind.AddHeader, false, 2, false),
            'i' => (MilterEditKind.InsertHeader, true, 2, false),
            'm' => (MilterEditKind.ChangeHeader, true, 2, false),
            'e' => (MilterEditKind.ChangeSender, false, 2, true),
            '+' => (MilterEditKind.AddRecipient, false, 1, false),
            '2' => (MilterEditKind.AddRecipient, false, 2, true),
            '-' => (MilterEditKind.DeleteRecipient, false, 1, false),
            'q' => (MilterEditKind.Quarantine, false, 1, false),
            _ => (null, false, 0, false),
        };
        if (kind is null)
        {
            return false;
        }

        uint index = 0;
        if (hasIndex)
        {
            if (data.Length < 4)
            {
                malformed = "milter %s: input packet too short for network long";
                return true;
            }

            index = BinaryPrimitives.ReadUInt32BigEndian(data);
            data = data[4..];
        }

        string first = "";
        string second = "";
        for (int i = 0; i < strings; i++)
        {
            if (data.IsEmpty && i == 1 && isOptional)
            {
                break;
            }

            int end = data.IndexOf((byte)0);
            if (end < 0)
            {
                malformed = "milter8_read_data: milter %s: missing string null termimator";
                return true;
            }

            string text = ByteString.FromBytes(data[..end]);
            data = data[(end + 1)..];
            (first, second) = i == 0 ? (text, second) : (first, text);
        }

        if (!data.IsEmpty)
        {
            malformed = $"milter8_read_data: left-over data {data.Length} bytes";
            return true;
        }

        edit = new MilterEdit(kind.Value, index, first, second, keepsSpace);
        return true;
    }
}
