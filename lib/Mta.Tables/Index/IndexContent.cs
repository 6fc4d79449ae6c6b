using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Mta.Text;

namespace Mta.Tables.Index;

/// <summary>
/// What goes into an index: keys, each once, with their values. They lie one behind the other in large blocks, so that
/// a million of them cost little more than their bytes.
/// </summary>
internal sealed class IndexContent
{
    private const int BlockSize = 1 << 20;
    private const int FewEntries = 48;
    private readonly List<byte[]> _blocks = [];
    private readonly List<Entry> _entries = [];
    private int[] _slots = new int[1024]; // number of an entry and one, found by its hash; 0 is free
    private int _used = BlockSize;

    public int Count => _entries.Count;

    /// <summary>Bytes of all keys and values.</summary>
    public long Size { get; private set; }

    /// <summary>Adds a key.</summary>
    /// <param name="nul">Key and value end with NUL.</param>
    /// <returns>False when it is there already; then the old value stays, unless <paramref name="replaces"/>.</returns>
    public bool Add(string key, string value, bool nul, bool replaces)
    {
        // The key is looked for where it would lie.
        int keyLength = key.Length + (nul ? 1 : 0);
        long place = Reserve(keyLength);
        Span<byte> bytes = At(place, keyLength);
        ByteString.CopyTo(key, bytes);
        bytes[key.Length..].Clear();
        int hash = key.GetHashCode(StringComparison.Ordinal);
        int slot = Find(hash, bytes);
        if (_slots[slot] > 0)
        {
            if (replaces)
            {
                ref Entry old = ref CollectionsMarshal.AsSpan(_entries)[_slots[slot] - 1];
                (old.Value, old.ValueLength) = Store(value, nul);
            }

            return false;
        }

        _used += keyLength;
        Size += keyLength;
        (long valuePlace, int valueLength) = Store(value, nul);
        _entries.Add(new Entry { Key = place, KeyLength = keyLength, Value = valuePlace, ValueLength = valueLength, Hash = hash });
        _slots[slot] = _entries.Count;
        if (_entries.Count * 2 > _slots.Length)
        {
            Grow();
        }

        return true;
    }

    public ReadOnlySpan<byte> Key(int number) => At(_entries[number].Key, _entries[number].KeyLength);

    public ReadOnlySpan<byte> Value(int number) => At(_entries[number].Value, _entries[number].ValueLength);

    /// <summary>Numbers of the entries in the order of their keys' bytes.</summary>
    public int[] InOrder()
    {
        int[] order = new int[Count];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Sort(order, new ulong[Count], depth: 0);
        return order;
    }

    // Numbers are compared, not keys, as long as eight bytes after the other tell many of them apart.
    private void Sort(Span<int> order, Span<ulong> parts, int depth)
    {
        for (int i = 0; i < order.Length; i++)
        {
            parts[i] = Part(Key(order[i]), depth);
        }

        parts.Sort(order);
        for (int start = 0; start < order.Length;)
        {
            int end = start + 1;
            bool areLong = Key(order[start]).Length > depth + sizeof(ulong);
            while (end < order.Length && parts[end] == parts[start])
            {
                areLong &= Key(order[end++]).Length > depth + sizeof(ulong);
            }

            if (end - start > FewEntries && areLong)
            {
                Sort(order[start..end], parts[start..end], depth + sizeof(ulong));
            }
            else if (end - start > 1)
            {
                order[start..end].Sort(new ByKey(this, depth));
            }

            start = end;
        }
    }

    private static ulong Part(ReadOnlySpan<byte> key, int depth)
    {
        if (key.Length >= depth + sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64BigEndian(key[depth..]);
        }

        ulong part = 0;
        for (int i = depth; i < depth + sizeof(ulong); i++)
        {
            part = (part << 8) | (i < key.Length ? key[i] : 0u);
        }

        return part;
    }

    private Span<byte> At(long place, int length) => _blocks[(int)(place >> 32)].AsSpan((int)place, length);

    // Room in one block; it is taken when _used moves on.
    private long Reserve(int length)
    {
        if (_used + length > BlockSize || _blocks.Count == 0)
        {
            _blocks.Add(new byte[Math.Max(BlockSize, length)]);
            _used = 0;
        }

        return ((long)(_blocks.Count - 1) << 32) | (uint)_used;
    }

    private (long Place, int Length) Store(string value, bool nul)
    {
        int length = value.Length + (nul ? 1 : 0);
        long place = Reserve(length);
        Span<byte> bytes = At(place, length);
        ByteString.CopyTo(value, bytes);
        bytes[value.Length..].Clear();
        _used += length;
        Size += length;
        return (place, length);
    }

    private int Find(int hash, ReadOnlySpan<byte> key)
    {
        int slot = hash & (_slots.Length - 1);
        while (_slots[slot] > 0 && (_entries[_slots[slot] - 1].Hash != hash || !Key(_slots[slot] - 1).SequenceEqual(key)))
        {
            slot = (slot + 1) & (_slots.Length - 1);
        }

        return slot;
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 4];
        for (int i = 0; i < _entries.Count; i++)
        {
            int slot = _entries[i].Hash & (_slots.Length - 1);
            while (_slots[slot] > 0)
            {
                slot = (slot + 1) & (_slots.Length - 1);
            }

            _slots[slot] = i + 1;
        }
    }

    private struct Entry
    {
        public long Key;
        public long Value;
        public int KeyLength;
        public int ValueLength;
        public int Hash;
    }

    private readonly struct ByKey(IndexContent content, int depth) : IComparer<int>
    {
        public int Compare(int left, int right)
        {
            ReadOnlySpan<byte> leftKey = content.Key(left);
            ReadOnlySpan<byte> rightKey = content.Key(right);
            return leftKey[Math.Min(depth, leftKey.Length)..].SequenceCompareTo(rightKey[Math.Min(depth, rightKey.Length)..]);
        }
    }
}
