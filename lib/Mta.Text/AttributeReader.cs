using System.Buffers.Text;

namespace Mta.Text;

/// <summary>
/// Reads attribute lists. A list is read whole (<see cref="ReadListAsync"/>), then its attributes are taken in the
/// protocol's fixed order. The bytes of a list stay in the input's window until the next list is read.
/// </summary>
/// <remarks>Strict: an attribute under another name than the one asked for, or a list that ends early, throws.</remarks>
public sealed class AttributeReader(BufferedInput input, AttributeEncoding encoding = AttributeEncoding.Print0)
{
    /// <summary>Longest list accepted, in bytes.</summary>
    public const int MaxListLength = 4 << 20;

    private readonly List<(int Start, int Name, int Value)> _attributes = [];
    private int _listLength;
    private int _next;

    /// <summary>Attributes of the list that were not taken yet.</summary>
    public int Remaining => _attributes.Count - _next;

    /// <summary>Reads the next list; whatever was left of the one before is dropped.</summary>
    /// <returns>False when the peer closed instead of sending a list.</returns>
    /// <exception cref="AttributeFormatException">The list is malformed or cut off.</exception>
    public async ValueTask<bool> ReadListAsync(CancellationToken stop = default)
    {
        input.Consume(_listLength);
        _listLength = 0;
        _attributes.Clear();
        _next = 0;
        int scanned = 0;
        while (true)
        {
            if (Scan(input.Available, ref scanned))
            {
                _listLength = scanned;
                return true;
            }

            if (input.Available.Length >= MaxListLength)
            {
                throw new AttributeFormatException("attribute list too long");
            }

            if (!await input.FillAsync(MaxListLength, stop))
            {
                return input.Available.IsEmpty && _attributes.Count == 0
                    ? false
                    : throw new AttributeFormatException("premature end of file in an attribute list");
            }
        }
    }

    /// <summary>Gives the bytes of the current list back: what follows on the stream is not an attribute list.</summary>
    public void Leave()
    {
        input.Consume(_listLength);
        _listLength = 0;
        _attributes.Clear();
        _next = 0;
    }

    /// <summary>The next attribute's name, without taking it; empty at the end of the list.</summary>
    public ReadOnlySpan<byte> PeekName => Remaining == 0
        ? default
        : input.Available.Slice(_attributes[_next].Start, _attributes[_next].Name);

    /// <summary>The next attribute's value bytes, valid until the next list is read.</summary>
    public ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> name)
    {
        if (Remaining == 0)
        {
            throw new AttributeFormatException($"missing attribute {ByteString.FromBytes(name)}");
        }

        if (!PeekName.SequenceEqual(name))
        {
            throw new AttributeFormatException(
                $"unexpected attribute {Printable.Neutralize(ByteString.FromBytes(PeekName))} (expecting: {ByteString.FromBytes(name)})");
        }

        (int start, int nameLength, int valueLength) = _attributes[_next++];
        return input.Available.Slice(start + nameLength + 1, valueLength);
    }

    /// <summary>The next attribute as a byte string.</summary>
    public string String(ReadOnlySpan<byte> name) => ByteString.FromBytes(Bytes(name));

    /// <summary>The next attribute as a 32-bit number; accepts -1 in either spelling.</summary>
    public int Int(ReadOnlySpan<byte> name)
    {
        long value = Long(name);
        return value is >= int.MinValue and <= uint.MaxValue
            ? unchecked((int)value)
            : throw new AttributeFormatException($"attribute {ByteString.FromBytes(name)} is out of range");
    }

    /// <summary>The next attribute as a 64-bit number; accepts -1 in either spelling.</summary>
    public long Long(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> value = Bytes(name);
        if (Utf8Parser.TryParse(value, out long signed, out int used) && used == value.Length)
        {
            return signed;
        }

        return Utf8Parser.TryParse(value, out ulong unsigned, out used) && used == value.Length && used > 0
            ? unchecked((long)unsigned)
            : throw new AttributeFormatException($"attribute {ByteString.FromBytes(name)} is not a number");
    }

    /// <summary>The next attribute, base64-decoded.</summary>
    public byte[] Data(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> value = Bytes(name);
        byte[] decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(value.Length)];
        return Base64.DecodeFromUtf8(value, decoded, out _, out int written) == System.Buffers.OperationStatus.Done
            ? decoded.AsSpan(0, written).ToArray()
            : throw new AttributeFormatException($"attribute {ByteString.FromBytes(name)} is not base64");
    }

    /// <summary>Takes the next attribute, whatever its name.</summary>
    public (string Name, string Value) Next()
    {
        string name = ByteString.FromBytes(PeekName);
        return (name, String(PeekName));
    }

    /// <summary>Demands that the list holds nothing more.</summary>
    public void End()
    {
        if (Remaining > 0)
        {
            throw new AttributeFormatException($"unexpected attribute {Printable.Neutralize(ByteString.FromBytes(PeekName))} at the end of a list");
        }
    }

    // Continues behind the attributes already found; true when the terminator was reached.
    private bool Scan(ReadOnlySpan<byte> bytes, ref int scanned)
    {
        while (true)
        {
            ReadOnlySpan<byte> rest = bytes[scanned..];
            byte terminator = encoding == AttributeEncoding.Print0 ? (byte)0 : (byte)'\n';
            if (rest.IsEmpty)
            {
                return false;
            }

            if (rest[0] == terminator)
            {
                scanned++;
                return true;
            }

            int nameLength;
            int valueLength;
            if (encoding == AttributeEncoding.Print0)
            {
                nameLength = rest.IndexOf((byte)0);
                if (nameLength < 0)
                {
                    return false;
                }

                valueLength = rest[(nameLength + 1)..].IndexOf((byte)0);
                if (valueLength < 0)
                {
                    return false;
                }
            }
            else
            {
                int end = rest.IndexOf((byte)'\n');
                if (end < 0)
                {
                    return false;
                }

                nameLength = rest[..end].IndexOf((byte)'=');
                if (nameLength < 0)
                {
                    throw new AttributeFormatException("missing attribute value");
                }

                valueLength = end - nameLength - 1;
            }

            _attributes.Add((scanned, nameLength, valueLength));
            scanned += nameLength + valueLength + 2;
        }
    }
}
