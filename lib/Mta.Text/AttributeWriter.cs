using System.Buffers.Text;

namespace Mta.Text;

/// <summary>Writes attribute lists into an output; nothing is sent before the output is flushed.</summary>
public sealed class AttributeWriter(BufferedOutput output, AttributeEncoding encoding = AttributeEncoding.Print0)
{
    private readonly byte _separator = encoding == AttributeEncoding.Print0 ? (byte)0 : (byte)'=';
    private readonly byte _terminator = encoding == AttributeEncoding.Print0 ? (byte)0 : (byte)'\n';

    /// <summary>Writes a byte string. A terminator byte inside it would forge attributes: it becomes a blank.</summary>
    public AttributeWriter String(ReadOnlySpan<byte> name, string value)
    {
        Name(name);
        output.Write(value.Contains((char)_terminator) ? value.Replace((char)_terminator, ' ') : value);
        output.Write(_terminator);
        return this;
    }

    /// <summary>A 32-bit number, written as unsigned: -1 is 4294967295.</summary>
    public AttributeWriter Int(ReadOnlySpan<byte> name, int value)
    {
        Name(name);
        output.WriteDecimal((ulong)unchecked((uint)value));
        output.Write(_terminator);
        return this;
    }

    /// <summary>A 64-bit number, written as unsigned.</summary>
    public AttributeWriter Long(ReadOnlySpan<byte> name, long value)
    {
        Name(name);
        output.WriteDecimal(unchecked((ulong)value));
        output.Write(_terminator);
        return this;
    }

    /// <summary>Bytes, written as base64.</summary>
    public AttributeWriter Data(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Name(name);
        Span<byte> encoded = output.GetSpan(Base64.GetMaxEncodedToUtf8Length(value.Length));
        Base64.EncodeToUtf8(value, encoded, out _, out int written);
        output.Advance(written);
        output.Write(_terminator);
        return this;
    }

    /// <summary>Ends the list.</summary>
    public AttributeWriter End()
    {
        output.Write(_terminator);
        return this;
    }

    private void Name(ReadOnlySpan<byte> name)
    {
        output.Write(name);
        output.Write(_separator);
    }
}
