namespace Mta.Tls;

/// <summary>One key that session tickets are made with; 88 bytes between processes.</summary>
/// <param name="Name">16 bytes that a ticket begins with.</param>
/// <param name="CipherKey">32 bytes.</param>
/// <param name="MacKey">32 bytes.</param>
/// <param name="IssueUntil">Seconds since 1970 until which new tickets are made with it.</param>
public sealed record TicketKey(byte[] Name, byte[] CipherKey, byte[] MacKey, long IssueUntil)
{
    public const int Size = 88;

    public static bool TryParse(ReadOnlySpan<byte> data, out TicketKey? key)
    {
        key = data.Length == Size
            ? new TicketKey(data[..16].ToArray(), data[16..48].ToArray(), data[48..80].ToArray(), BitConverter.ToInt64(data[80..]))
            : null;
        return key is not null;
    }

    public static TicketKey Create(long issueUntil) =>
        new(TlsLibrary.Random(16), TlsLibrary.Random(32), TlsLibrary.Random(32), issueUntil);

    public byte[] ToBytes() => [.. Name, .. CipherKey, .. MacKey, .. BitConverter.GetBytes(IssueUntil)];
}

/// <summary>
/// The ticket keys a process knows: the newest makes tickets, all open them. Given from outside; while there is none, no
/// tickets are made and clients do a full handshake. Thread-safe.
/// </summary>
public sealed class TicketKeys
{
    // The newest, and those that tickets may still name.
    private const int Kept = 4;
    private volatile TicketKey[] _keys = [];
    private volatile byte[]? _missing;

    /// <summary>The key for new tickets; null when there is none.</summary>
    public TicketKey? Current => _keys is [TicketKey first, ..] ? first : null;

    /// <summary>Name of a key that a ticket named and that is not known here; taking it forgets it.</summary>
    public byte[]? TakeMissing()
    {
        byte[]? missing = _missing;
        _missing = null;
        return missing;
    }

    /// <summary>Adds a key that was made later than those known.</summary>
    public void SetCurrent(TicketKey key)
    {
        lock (this)
        {
            _keys = [key, .. _keys.Where(other => !other.Name.AsSpan().SequenceEqual(key.Name)).Take(Kept - 1)];
        }
    }

    /// <summary>Adds a key that only opens tickets.</summary>
    public void AddOlder(TicketKey key)
    {
        lock (this)
        {
            if (Find(key.Name) is null)
            {
                _keys = _keys.Length == 0 ? _keys : [_keys[0], key, .. _keys.Skip(1).Take(Kept - 2)];
            }
        }
    }

    /// <summary>Forgets keys: no more tickets.</summary>
    public void Clear() => _keys = [];

    internal TicketKey? Find(ReadOnlySpan<byte> name)
    {
        foreach (TicketKey key in _keys)
        {
            if (key.Name.AsSpan().SequenceEqual(name))
            {
                return key;
            }
        }

        return null;
    }

    internal void NoteMissing(ReadOnlySpan<byte> name) => _missing = name.ToArray();
}
