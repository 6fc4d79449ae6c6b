using System.Buffers;
using System.Buffers.Binary;
using Mta.Text;

namespace Mta.Delivery.Orders;

/// <summary>Writes an order or a result as one message: numbers little-endian, texts and lists counted, nothing quoted.</summary>
internal sealed class OrderWriter : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(4096);
    private int _count;

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _count);

    public void Byte(byte value) => Room(1)[0] = value;

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Int(int value) => BinaryPrimitives.WriteInt32LittleEndian(Room(4), value);

    public void UInt(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Room(4), value);

    public void Long(long value) => BinaryPrimitives.WriteInt64LittleEndian(Room(8), value);

    public void Text(string value)
    {
        Int(value.Length);
        ByteString.CopyTo(value, Room(value.Length));
    }

    public void Data(ReadOnlySpan<byte> value)
    {
        Int(value.Length);
        value.CopyTo(Room(value.Length));
    }

    public void Texts(IReadOnlyList<string> values)
    {
        Int(values.Count);
        foreach (string value in values)
        {
            Text(value);
        }
    }

    public void Clear() => _count = 0;

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private Span<byte> Room(int length)
    {
        if (_count + length > _buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_count + length, _buffer.Length * 2));
            Bytes.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        Span<byte> room = _buffer.AsSpan(_count, length);
        _count += length;
        return room;
    }
}

/// <summary>Reads what <see cref="OrderWriter"/> wrote. Anything that does not fit throws: the peer is broken.</summary>
internal ref struct OrderReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool AtEnd => _rest.IsEmpty;

    public byte Byte() => Take(1)[0];

    public bool Bool() => Byte() != 0;

    public int Int() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public uint UInt() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public long Long() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public string Text() => ByteString.FromBytes(Data());

    public ReadOnlySpan<byte> Data() => Take(Int());

    public List<string> Texts()
    {
        int count = Int();
        if (count < 0 || count > _rest.Length / 4)
        {
            throw new InvalidDataException("bad list in a delivery order");
        }

        List<string> values = new(count);
        for (int i = 0; i < count; i++)
        {
            values.Add(Text());
        }

        return values;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length < 0 || length > _rest.Length)
        {
            throw new InvalidDataException("delivery order cut off");
        }

        ReadOnlySpan<byte> taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
