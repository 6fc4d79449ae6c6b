using System.Globalization;
using Mta.Linux;
using Mta.Mail.Headers;
using Mta.Mail.Queue;
using Mta.Text;
using NLog;

namespace Mta.Postcat;

/// <summary>Shows the records of one file after the other.</summary>
internal sealed class RecordPrinter(PostcatOptions options, Output output)
{
    /// <summary>The record in front of the content has no data.</summary>
    private const int MessageRecordLength = 2;

    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private bool _inLine;
    private long _contentEnd;

    private enum Place
    {
        Envelope,
        Header,
        Body,
        Extracted,
        End,
    }

    /// <exception cref="FatalException">The file cannot be read on.</exception>
    public void Print(RecordSource source, string path)
    {
        long start = options.Start;
        if (start == 0 && !source.StartsWith(IsEnvelopeType))
        {
            if (!source.IsEmpty)
            {
                Warn($"{path}: input is not a valid queue file");
            }

            return;
        }

        if (!source.TrySeek(start))
        {
            throw new FatalException($"{path}: seek to {start} failed");
        }

        Place place = Place.Envelope;
        bool lineStart = true;
        bool hasSize = start != 0;
        _contentEnd = 0;
        if (options.Envelope && start == 0)
        {
            output.Write($"*** ENVELOPE RECORDS {path} ***\n");
        }

        while (true)
        {
            RecordRead read = source.Read(out RecordType type, out ReadOnlySpan<byte> data, out long offset);
            if (read == RecordRead.EndOfFile)
            {
                return;
            }

            if (read == RecordRead.Malformed)
            {
                Warn($"{path}: {source.Problem}");
                throw new FatalException("record read error");
            }

            switch (type)
            {
                case RecordType.Message:
                    if (place is Place.Header or Place.Body)
                    {
                        Warn($"{path}: out-of-order message content marker");
                    }

                    place = Place.Header;
                    lineStart = true;
                    Marker(path, type, offset, "MESSAGE CONTENTS");
                    if (!options.Header && !options.Body && _contentEnd > 0)
                    {
                        source.TrySeek(_contentEnd);
                        _contentEnd = 0;
                    }

                    continue;
                case RecordType.Extracted:
                    if (place is not (Place.Header or Place.Body))
                    {
                        Warn($"{path}: out-of-order extracted segment marker");
                    }

                    place = Place.Extracted;
                    Marker(path, type, offset, "HEADER EXTRACTED");
                    continue;
                case RecordType.End:
                    if (place != Place.Extracted)
                    {
                        Warn($"{path}: out-of-order message end marker");
                    }

                    place = Place.End;
                    Marker(path, type, offset, "MESSAGE FILE END");
                    if (!options.Raw)
                    {
                        return;
                    }

                    continue;
                case RecordType.Text or RecordType.ContinuedText when place is Place.Header or Place.Body:
                    if (place == Place.Header && lineStart && !HeaderSyntax.IsContinuation(data) && !HeaderSyntax.TryParseName(data, out _, out _))
                    {
                        place = Place.Body;
                    }

                    lineStart = type == RecordType.Text;
                    if (IsShown(place))
                    {
                        Text(path, type, offset, data);
                    }

                    continue;
            }

            if (IsShown(place))
            {
                Record(path, place, type, offset, data);
            }

            if (type == RecordType.Size)
            {
                if (hasSize)
                {
                    Warn("file contains multiple size records");
                }
                else
                {
                    UseSize(source, data);
                }

                hasSize = true;
            }
        }
    }

    public void Flush() => output.Flush();

    private static bool IsEnvelopeType(byte type) => (char)type is 'M' or 'C' or 'T' or 'c' or 'F' or 'I' or 'L' or 'S' or 'D' or 'R' or 'O' or '/'
        or 'W' or 'V' or 'A' or '>' or 'K' or '<' or 'i' or 'o' or 'n' or 'p' or 'f';

    private static string NameOf(RecordType type, bool inContent) => (char)type switch
    {
        'C' => "message_size",
        'T' => "message_arrival_time",
        'c' => "queue_file_create_time",
        'F' => "sender_fullname",
        'I' => "content_inspector",
        'L' => inContent ? "unterminated_text" : "content_filter",
        'S' => "sender",
        'D' => "done_recipient",
        '/' => "canceled_recipient",
        'R' => "recipient",
        'O' => "original_recipient",
        'W' => "warning_message_time",
        'A' => "named_attribute",
        'p' => "pointer_record",
        'K' => "killed_record",
        'M' => "message_content",
        'N' => "regular_text",
        'w' => "padding",
        'X' => "extracted_info",
        'r' => "return_receipt",
        'e' => "errors_to",
        'P' => "priority",
        'V' => "verp_delimiters",
        'E' => "message_end",
        '>' => "redirect_to",
        'f' => "flags",
        '<' => "dsn_return_flags",
        'i' => "dsn_envelope_id",
        'o' => "dsn_original_recipient",
        'n' => "dsn_notify_flags",
        _ => "unknown_record_type",
    };

    // C's asctime in the local zone.
    private static string Time(long seconds)
    {
        DateTime utc = DateTime.UnixEpoch.AddSeconds(Math.Clamp(seconds, -0x3F_FFFF_FFF, 0x3F_FFFF_FFFF));
        DateTime local = utc.AddMinutes(Posix.LocalZone(utc).OffsetMinutes);
        return string.Create(CultureInfo.InvariantCulture, $"{local:ddd MMM} {local.Day,2} {local:HH:mm:ss yyyy}");
    }

    // The size record tells where the content begins: who does not want the envelope goes there.
    private void UseSize(RecordSource source, ReadOnlySpan<byte> data)
    {
        bool hasSize = TryTakeNumber(ref data, out long size);
        bool hasOffset = TryTakeNumber(ref data, out long content);
        if (!hasSize || !hasOffset || size <= 0 || content <= 0)
        {
            Warn($"invalid size record: {Printable.Neutralize(ByteString.FromBytes(source.Data))}");
        }

        else
        {
            _contentEnd = content + size;
        }

        if (!options.Envelope && (!hasOffset || !source.TrySeek(content - MessageRecordLength)))
        {
            throw new FatalException($"seek error: {Errno.Text(Errno.EINVAL)}");
        }
    }

    private static bool TryTakeNumber(ref ReadOnlySpan<byte> data, out long number)
    {
        data = data.TrimStart((byte)' ');
        if (!System.Buffers.Text.Utf8Parser.TryParse(data, out number, out int used))
        {
            return false;
        }

        data = data[used..];
        return true;
    }

    private bool IsShown(Place place) => place switch
    {
        Place.Header => options.Header,
        Place.Body => options.Body,
        Place.Envelope or Place.Extracted or Place.End => options.Envelope,
    };

    private void Marker(string path, RecordType type, long offset, string title)
    {
        if (_inLine)
        {
            output.Write("\n");
            _inLine = false;
        }

        if (options.Envelope)
        {
            Prefix(path, type, offset);
            output.Write($"*** {title} {path} ***\n");
        }
    }

    private void Text(string path, RecordType type, long offset, ReadOnlySpan<byte> data)
    {
        Prefix(path, type, offset);
        if (options.Verbose)
        {
            output.Write(NameOf(type, inContent: true));
            output.Write(": ");
        }

        output.Write(data);
        // A line in several records stays one line, unless each record is to be told from the next.
        _inLine = type == RecordType.ContinuedText && !options.Verbose && !options.ShowOffsets && !options.ShowFile;
        if (!_inLine)
        {
            output.Write("\n");
        }
    }

    private void Record(string path, Place place, RecordType type, long offset, ReadOnlySpan<byte> data)
    {
        if (type == RecordType.Attribute)
        {
            Attribute(path, type, offset, data);
            return;
        }

        Prefix(path, type, offset);
        if (type != RecordType.Text || options.Verbose)
        {
            output.Write(NameOf(type, place is Place.Header or Place.Body));
            output.Write(": ");
        }

        if (type is RecordType.Time or RecordType.WarnTime)
        {
            int blank = type == RecordType.Time ? data.IndexOf((byte)' ') : -1;
            RecordText.TryParseNumber(blank < 0 ? data : data[..blank], out long seconds);
            output.Write(Time(seconds));
        }
        else
        {
            // Nothing but content has a NUL in it.
            int end = data.IndexOf((byte)0);
            output.Write(end < 0 ? data : data[..end]);
        }

        output.Write("\n");
    }

    private void Attribute(string path, RecordType type, long offset, ReadOnlySpan<byte> data)
    {
        if (!QueueAttribute.TryParse(data, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value))
        {
            string why = data.IsEmpty || data.Contains((byte)'=') ? "missing attribute name" : "missing '=' after attribute name";
            Warn($"{path}: malformed attribute: {why}: {Printable.Neutralize(ByteString.FromBytes(data))}");
            return;
        }

        Prefix(path, type, offset);
        if (name.SequenceEqual(QueueAttribute.CreateTime))
        {
            RecordText.TryParseNumber(value, out long seconds);
            output.Write($"create_time: {Time(seconds)}\n");
            return;
        }

        output.Write("named_attribute: ");
        output.Write(name);
        output.Write("=");
        output.Write(value);
        output.Write("\n");
    }

    private void Prefix(string path, RecordType type, long offset)
    {
        if (options.ShowFile)
        {
            output.Write($"{path}: ");
        }

        if (options.ShowOffsets)
        {
            output.Write($"{offset,9} ");
        }

        if (options.ShowTypes)
        {
            output.Write($"{(int)type,3} ");
        }
    }

    private void Warn(string text)
    {
        Flush();
        Log.Warn(text);
    }
}
