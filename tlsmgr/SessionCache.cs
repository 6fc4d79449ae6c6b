namespace Mta.Tlsmgr;

/// <summary>Sessions of one kind of client or server, the oldest dropped when they are too many. Thread-safe.</summary>
internal sealed class SessionCache(bool isOn, TimeSpan life, TimeProvider time)
{
    private const int MaxEntries = 5000;
    private const int MaxSession = 16 * 1024;
    private const int MaxId = 4096;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _byId = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _oldestFirst = new();

    /// <summary>The configuration names a database, which is how a cache is turned on; what is kept is kept here.</summary>
    public bool IsOn => isOn;

    public TimeSpan Life => life;

    public byte[]? Find(string id)
    {
        lock (_lock)
        {
            Expire();
            return _byId.TryGetValue(id, out LinkedListNode<Entry>? node) ? node.Value.Session : null;
        }
    }

    public bool Store(string id, byte[] session)
    {
        if (!isOn || id.Length is 0 or > MaxId || session.Length is 0 or > MaxSession)
        {
            return false;
        }

        lock (_lock)
        {
            Expire();
            Drop(id);
            while (_byId.Count >= MaxEntries)
            {
                Drop(_oldestFirst.First!.Value.Id); // As many nodes as ids.
            }

            _byId[id] = _oldestFirst.AddLast(new Entry(id, session, time.GetUtcNow() + life));
            return true;
        }
    }

    public bool Remove(string id)
    {
        lock (_lock)
        {
            return Drop(id);
        }
    }

    private bool Drop(string id)
    {
        if (!_byId.Remove(id, out LinkedListNode<Entry>? node))
        {
            return false;
        }

        _oldestFirst.Remove(node);
        return true;
    }

    private void Expire()
    {
        DateTimeOffset now = time.GetUtcNow();
        while (_oldestFirst.First is { } node && node.Value.Expires <= now)
        {
            Drop(node.Value.Id);
        }
    }

    private readonly record struct Entry(string Id, byte[] Session, DateTimeOffset Expires);
}
