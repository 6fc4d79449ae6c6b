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
    private const int MaxBackwardJumps = 10_000;
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

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
            Log.Warn($"{path}: input is not a valid queue file");
            return;
        }

        if (!source.TrySeek(start))
        {
            throw new FatalException($"{path}: seek to {start} failed");
        }

        Place place = Place.Envelope;
        bool lineStart = true;
        long position = start;
        int jumps = 0;
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
                Flush();
                Log.Warn($"{path}: record at offset {offset} is cut off or too long");
                throw new FatalException("record read error");
            }

            switch (type)
            {
                case RecordType.Message:
                    if (place != Place.Envelope)
                    {
                        Warn($"{path}: out-of-order message content marker");
                    }

                    place = Place.Header;
                    lineStart = true;
                    Marker(path, type, offset, "MESSAGE CONTENTS");
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

            if (type == RecordType.Pointer && !options.Raw)
            {
                if (!RecordText.TryParseNumber(data, out long target) || target < 0 || (target != 0 && target <= offset && ++jumps > MaxBackwardJumps)
                    || (target != 0 && !source.TrySeek(target)))
                {
                    Flush();
                    throw new FatalException("bad pointer record, or input is not seekable");
                }
            }
            else if (type == RecordType.Size && !options.Envelope && place == Place.Envelope && position == 0)
            {
                position = SkipEnvelope(source, path, data);
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
        DateTime utc = DateTime.UnixEpoch.AddSeconds(Math.Clamp(seconds, -1, 0x3F_FFFF_FFFF));
        DateTime local = utc.AddMinutes(Posix.LocalZone(utc).OffsetMinutes);
        return string.Create(CultureInfo.InvariantCulture, $"{local:ddd MMM} {local.Day,2} {local:HH:mm:ss yyyy}");
    }

    private long SkipEnvelope(RecordSource source, string path, ReadOnlySpan<byte> data)
    {
        if (!SizeRecord.TryParse(data, out SizeRecord size) || size.DataOffset <= SizeRecord.RecordLength)
        {
            Warn($"invalid size record: {Printable.Neutralize(ByteString.FromBytes(data))}");
            return 1;
        }

        // The message record itself tells where the content begins.
        if (!source.TrySeek(size.DataOffset - 2))
        {
            Flush();
            throw new FatalException("seek error: Illegal seek");
        }

        return size.DataOffset;
    }

    private bool IsShown(Place place) => place switch
    {
        Place.Header => options.Header,
        Place.Body => options.Body,
        Place.Envelope or Place.Extracted or Place.End => options.Envelope,
    };

    private void Marker(string path, RecordType type, long offset, string title)
    {
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
        if (options.Verbose || type == RecordType.Text || options.HasPrefix)
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
        output.Write(NameOf(type, place is Place.Header or Place.Body));
        output.Write(": ");
        if (type is RecordType.Time or RecordType.WarnTime)
        {
            int blank = type == RecordType.Time ? data.IndexOf((byte)' ') : -1;
            RecordText.TryParseNumber(blank < 0 ? data : data[..blank], out long seconds);
            output.Write(Time(seconds));
        }
        else
        {
            output.Write(data);
        }

        output.Write("\n");
    }

    private void Attribute(string path, RecordType type, long offset, ReadOnlySpan<byte> data)
    {
        if (!QueueAttribute.TryParse(data, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value))
        {
            string why = data.Contains((byte)'=') ? "missing attribute name" : "missing '=' after attribute name";
            Warn($"{path}: malformed attribute: {why}: {Printable.Neutralize(ByteString.FromBytes(data))}");
            return;
        }

        Prefix(path, type, offset);
        if (name.SequenceEqual(QueueAttribute.CreateTime) && RecordText.TryParseNumber(value, out long seconds))
        {
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
