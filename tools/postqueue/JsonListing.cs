using System.Globalization;
using Mta.Mail.Protocols;
using Mta.Text;

namespace Mta.Postqueue;

/// <summary>One JSON object per message and line.</summary>
internal sealed class JsonListing : IListingFormat
{
    private bool _isFirst;

    public void Begin(BufferedOutput output, ShowqMessage message)
    {
        _isFirst = true;
        output.Write("{\"queue_name\": ");
        WriteText(output, message.QueueName);
        output.Write(", \"queue_id\": ");
        WriteText(output, message.QueueId);
        output.Write(", \"arrival_time\": ");
        output.Write(message.ArrivalTime.ToString(CultureInfo.InvariantCulture));
        output.Write(", \"message_size\": ");
        output.Write(message.Size.ToString(CultureInfo.InvariantCulture));
        output.Write(message.IsForcedExpire ? ", \"forced_expire\": true" : ", \"forced_expire\": false");
        output.Write(", \"sender\": ");
        WriteText(output, message.Sender);
        output.Write(", \"recipients\": [");
    }

    public void Recipient(BufferedOutput output, ShowqRecipient recipient)
    {
        output.Write(_isFirst ? "{" : ", {");
        _isFirst = false;
        if (recipient.OriginalAddress.Length > 0)
        {
            output.Write("\"orig_address\": ");
            WriteText(output, recipient.OriginalAddress);
            output.Write(", ");
        }

        output.Write("\"address\": ");
        WriteText(output, recipient.Address);
        if (recipient.Reason.Length > 0)
        {
            output.Write(recipient.LogClass switch
            {
                "defer" => ", \"delay_reason\": ",
                "bounce" => ", \"bounce_reason\": ",
                _ => ", \"other_reason\": ",
            });
            WriteText(output, recipient.Reason);
        }

        output.Write((byte)'}');
    }

    public void End(BufferedOutput output) => output.Write("]}\n");

    public void Finish(BufferedOutput output)
    {
    }

    /// <summary>A JSON string of a byte string: UTF-8 as it is, other bytes as <c>?</c>.</summary>
    public static string Quote(string text)
    {
        using BufferedOutput output = new(Stream.Null, text.Length + 2);
        WriteText(output, text);
        return ByteString.FromBytes(output.PendingBytes);
    }

    private static void WriteText(BufferedOutput output, string text)
    {
        output.Write((byte)'"');
        bool keepHigh = ByteString.TryToUnicode(text, out _);
        foreach (char c in text)
        {
            switch (c)
            {
                case '\b':
                    output.Write("\\b"u8);
                    break;
                case '\f':
                    output.Write("\\f"u8);
                    break;
                case '\n':
                    output.Write("\\n"u8);
                    break;
                case '\r':
                    output.Write("\\r"u8);
                    break;
                case '\t':
                    output.Write("\\t"u8);
                    break;
                case '"' or '\\':
                    output.Write((byte)'\\');
                    output.Write((byte)c);
                    break;
                case < ' ' or '\x7f':
                    output.Write($"\\u{(int)c:X4}");
                    break;
                default:
                    output.Write(c >= '\x80' && !keepHigh ? (byte)'?' : (byte)c);
                    break;
            }
        }

        output.Write((byte)'"');
    }
}
