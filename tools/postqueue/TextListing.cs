using System.Globalization;
using Mta.Mail;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Postqueue;

/// <summary>The classic mailq layout, column for column.</summary>
/// <param name="coloured">For a terminal: IDs are bold, reasons yellow. The text is the same.</param>
internal sealed class TextListing(bool longIds, bool coloured = false) : IListingFormat
{
    private const int ReasonEnd = 76;
    private const string Bold = "\x1b[1m";
    private const string Yellow = "\x1b[33m";
    private const string Plain = "\x1b[0m";

    private readonly string _heading = longIds
        ? "----Queue ID----- --Size-- ---Arrival Time---- --Sender/Recipient------\n"
        : "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n";

    private readonly string _recipientIndent = new(' ', longIds ? 47 : 41);
    private readonly int _idWidth = longIds ? 17 : 11;
    private readonly int _sizeWidth = longIds ? 8 : 7;
    private readonly int _timeWidth = longIds ? 19 : 20;
    private int _messages;
    private long _bytes;
    private string _lastReason = "";

    public void Begin(BufferedOutput output, ShowqMessage message)
    {
        output.Write(_messages == 0 ? _heading : "\n");
        _messages++;
        _bytes += message.Size;
        _lastReason = "";
        string flag = message.QueueName switch
        {
            QueueName.Active => "*",
            QueueName.Hold => "!",
            _ => "",
        };
        string id = $"{message.QueueId}{flag}{(message.IsForcedExpire ? "#" : "")}";
        string time = LocalClock.Ascii(DateTime.UnixEpoch.AddSeconds(Math.Clamp(message.ArrivalTime, 0, int.MaxValue * 4L)));
        WriteIn(output, Bold, id);
        output.Write(new string(' ', Math.Max(0, _idWidth - id.Length)));
        output.Write((byte)' ');
        output.Write(message.Size.ToString(CultureInfo.InvariantCulture).PadLeft(_sizeWidth));
        output.Write((byte)' ');
        output.Write(time[..Math.Min(time.Length, _timeWidth)].PadLeft(_timeWidth));
        output.Write((byte)' ');
        output.Write(message.Sender);
        output.Write((byte)'\n');
    }

    public void Recipient(BufferedOutput output, ShowqRecipient recipient)
    {
        // A reason stands once above all the recipients it holds for.
        if (recipient.Reason != _lastReason)
        {
            string reason = recipient.Reason.Length > 0 ? $"({recipient.Reason})" : "(reason unavailable)";
            output.Write(new string(' ', Math.Max(0, ReasonEnd + 2 - reason.Length)));
            WriteIn(output, Yellow, reason);
            output.Write((byte)'\n');
            _lastReason = recipient.Reason;
        }

        output.Write(_recipientIndent);
        output.Write(recipient.Address);
        output.Write((byte)'\n');
    }

    private void WriteIn(BufferedOutput output, string style, string text)
    {
        output.Write(coloured ? $"{style}{text}{Plain}" : text);
    }

    public void End(BufferedOutput output)
    {
    }

    public void Finish(BufferedOutput output)
    {
        if (_messages == 0)
        {
            output.Write("Mail queue is empty\n");
            return;
        }

        string plural = _messages == 1 ? "" : "s";
        output.Write($"\n-- {_bytes / 1024} Kbytes in {_messages} Request{plural}.\n");
    }
}
