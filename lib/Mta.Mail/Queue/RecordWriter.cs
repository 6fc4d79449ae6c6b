using System.Buffers.Text;
using Mta.Text;

namespace Mta.Mail.Queue;

/// <summary>Writes records into an output; nothing is sent before the output is flushed.</summary>
public static class RecordWriter
{
    public static void Write(BufferedOutput output, RecordType type, ReadOnlySpan<byte> data)
    {
        Span<byte> target = output.GetSpan(RecordFormat.MaxHeaderLength + data.Length);
        int header = RecordFormat.WriteHeader(target, type, data.Length);
        data.CopyTo(target[header..]);
        output.Advance(header + data.Length);
    }

    /// <summary>Writes a byte string (<see cref="ByteString"/>).</summary>
    public static void Write(BufferedOutput output, RecordType type, string data)
    {
        Span<byte> target = output.GetSpan(RecordFormat.MaxHeaderLength + data.Length);
        int header = RecordFormat.WriteHeader(target, type, data.Length);
        ByteString.CopyTo(data, target[header..]);
        output.Advance(header + data.Length);
    }

    public static void Write(BufferedOutput output, RecordType type) => Write(output, type, default(ReadOnlySpan<byte>));

    /// <summary>An attribute record <c>name=value</c>.</summary>
    public static void WriteAttribute(BufferedOutput output, ReadOnlySpan<byte> name, string value)
    {
        int length = name.Length + 1 + value.Length;
        Span<byte> target = output.GetSpan(RecordFormat.MaxHeaderLength + length);
        int header = RecordFormat.WriteHeader(target, RecordType.Attribute, length);
        name.CopyTo(target[header..]);
        target[header + name.Length] = (byte)'=';
        ByteString.CopyTo(value, target[(header + name.Length + 1)..]);
        output.Advance(header + length);
    }

    /// <inheritdoc cref="WriteAttribute(BufferedOutput, ReadOnlySpan{byte}, string)"/>
    public static void WriteAttribute(BufferedOutput output, ReadOnlySpan<byte> name, long value)
    {
        Span<byte> text = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, text, out int length);
        WriteAttribute(output, name, ByteString.FromBytes(text[..length]));
    }

    /// <summary>
    /// Writes one line of content that may be longer than <paramref name="limit"/> bytes: full chunks as
    /// <see cref="RecordType.ContinuedText"/>, the rest as <see cref="RecordType.Text"/>.
    /// </summary>
    public static void WriteText(BufferedOutput output, ReadOnlySpan<byte> line, int limit)
    {
        while (line.Length > limit)
        {
            Write(output, RecordType.ContinuedText, line[..limit]);
            line = line[limit..];
        }

        Write(output, RecordType.Text, line);
    }
}
