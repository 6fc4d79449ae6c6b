using System.Buffers.Binary;
using Mta.Linux;

namespace Mta.Tables.Index;

/// <summary>
/// The constant database format (D. J. Bernstein, cdb.txt): 256 hash tables behind the records; a lookup takes two
/// reads. Files are at most 4 GB. Used on any thread.
/// </summary>
internal sealed class CdbFile : IDisposable
{
    private const int HeaderSize = 2048;
    private const int MaxRecordPart = 1 << 28;
    private readonly FileHandle _file;
    private readonly byte[] _header = new byte[HeaderSize];
    private readonly long _length;

    private CdbFile(FileHandle file)
    {
        _file = file;
        _length = Posix.Fstat(file).Size;
    }

    public FileHandle File => _file;

    /// <exception cref="LinuxException">The file cannot be opened or read.</exception>
    /// <exception cref="InvalidDataException">The file is no constant database.</exception>
    public static CdbFile Open(string path)
    {
        CdbFile cdb = new(Posix.Open(path, OpenFlags.ReadOnly));
        if (Posix.Pread(cdb._file, cdb._header, 0) != HeaderSize)
        {
            cdb.Dispose();
            throw new InvalidDataException("not a constant database");
        }

        for (int i = 0; i < 256; i++)
        {
            uint table = BinaryPrimitives.ReadUInt32LittleEndian(cdb._header.AsSpan(8 * i));
            uint slots = BinaryPrimitives.ReadUInt32LittleEndian(cdb._header.AsSpan((8 * i) + 4));
            if (table < HeaderSize || table + (8L * slots) > cdb._length)
            {
                cdb.Dispose();
                throw new InvalidDataException("damaged constant database");
            }
        }

        return cdb;
    }

    /// <summary>Writes a whole database at the start of an empty file.</summary>
    /// <exception cref="LinuxException">Writing failed.</exception>
    public static void Write(FileHandle file, IndexContent content)
    {
        List<(uint Hash, uint Position)>[] tables = new List<(uint, uint)>[256];
        using MemoryStream records = new();
        Span<byte> pair = stackalloc byte[8];
        for (int i = 0; i < content.Count; i++)
        {
            ReadOnlySpan<byte> keyBytes = content.Key(i);
            ReadOnlySpan<byte> valueBytes = content.Value(i);
            uint hash = Hash(keyBytes);
            (tables[hash & 255] ??= []).Add((hash, checked((uint)(HeaderSize + records.Position))));
            WritePair(records, pair, (uint)keyBytes.Length, (uint)valueBytes.Length);
            records.Write(keyBytes);
            records.Write(valueBytes);
        }

        byte[] header = new byte[HeaderSize];
        for (int i = 0; i < 256; i++)
        {
            int slots = 2 * (tables[i]?.Count ?? 0);
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8 * i), checked((uint)(HeaderSize + records.Position)));
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan((8 * i) + 4), (uint)slots);
            (uint Hash, uint Position)[] table = new (uint, uint)[slots];
            foreach ((uint hash, uint position) in tables[i] ?? [])
            {
                int slot = (int)((hash >> 8) % (uint)slots);
                while (table[slot].Position != 0)
                {
                    slot = (slot + 1) % slots;
                }

                table[slot] = (hash, position);
            }

            foreach ((uint hash, uint position) in table)
            {
                WritePair(records, pair, hash, position);
            }
        }

        Posix.PwriteAll(file, header, 0);
        Posix.PwriteAll(file, records.GetBuffer().AsSpan(0, (int)records.Length), HeaderSize);
    }

    /// <summary>The value of a key, or null.</summary>
    /// <exception cref="IOException">The file is damaged or cannot be read.</exception>
    public byte[]? Find(ReadOnlySpan<byte> key)
    {
        uint hash = Hash(key);
        ReadOnlySpan<byte> entry = _header.AsSpan(8 * (int)(hash & 255), 8);
        uint table = BinaryPrimitives.ReadUInt32LittleEndian(entry);
        uint slots = BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);
        Span<byte> slot = stackalloc byte[8];
        for (uint i = 0; i < slots; i++)
        {
            uint index = (uint)(((hash >> 8) + (ulong)i) % slots);
            ReadExactly(slot, table + (8L * index));
            uint position = BinaryPrimitives.ReadUInt32LittleEndian(slot[4..]);
            if (position == 0)
            {
                return null;
            }

            if (BinaryPrimitives.ReadUInt32LittleEndian(slot) == hash)
            {
                (byte[] foundKey, byte[] value, _) = ReadRecord(position);
                if (key.SequenceEqual(foundKey))
                {
                    return value;
                }
            }
        }

        return null;
    }

    /// <summary>All records in file order.</summary>
    /// <exception cref="IOException">The file is damaged or cannot be read.</exception>
    public IEnumerable<(byte[] Key, byte[] Value)> Records()
    {
        long end = BinaryPrimitives.ReadUInt32LittleEndian(_header);
        long position = HeaderSize;
        while (position < end)
        {
            (byte[] key, byte[] value, position) = ReadRecord(position);
            yield return (key, value);
        }
    }

    public void Dispose() => _file.Dispose();

    private static uint Hash(ReadOnlySpan<byte> key)
    {
        uint hash = 5381;
        foreach (byte b in key)
        {
            hash = ((hash << 5) + hash) ^ b;
        }

        return hash;
    }

    private static void WritePair(MemoryStream stream, Span<byte> pair, uint first, uint second)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(pair, first);
        BinaryPrimitives.WriteUInt32LittleEndian(pair[4..], second);
        stream.Write(pair);
    }

    private (byte[] Key, byte[] Value, long Next) ReadRecord(long position)
    {
        Span<byte> lengths = stackalloc byte[8];
        ReadExactly(lengths, position);
        uint keyLength = BinaryPrimitives.ReadUInt32LittleEndian(lengths);
        uint valueLength = BinaryPrimitives.ReadUInt32LittleEndian(lengths[4..]);
        if (keyLength > MaxRecordPart || valueLength > MaxRecordPart || position + 8 + keyLength + valueLength > _length)
        {
            throw new InvalidDataException("damaged constant database");
        }

        byte[] key = new byte[keyLength];
        byte[] value = new byte[valueLength];
        ReadExactly(key, position + 8);
        ReadExactly(value, position + 8 + keyLength);
        return (key, value, position + 8 + keyLength + valueLength);
    }

    private void ReadExactly(Span<byte> buffer, long position)
    {
        if (position < 0 || Posix.Pread(_file, buffer, position) != buffer.Length)
        {
            throw new InvalidDataException("damaged constant database");
        }
    }
}
