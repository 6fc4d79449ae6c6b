using System.Collections.Concurrent;

namespace Mta.Postscreen;

/// <summary>One client address while it has sessions.</summary>
internal sealed class Client
{
    /// <summary>Sessions now; a field, changed atomically.</summary>
    public int Sessions;

    /// <summary>What is known of it; null before the cache was asked.</summary>
    public TestTimes? Times { get; set; }

    /// <summary>A session of it has logged PASS.</summary>
    public bool HasPassed { get; set; }
}

/// <summary>The client addresses that have sessions. Thread-safe.</summary>
internal sealed class Clients
{
    private readonly ConcurrentDictionary<string, Client> _clients = new(StringComparer.Ordinal);

    /// <summary>Counts a session that begins.</summary>
    public Client Enter(string address) => _clients.AddOrUpdate(
        address,
        static _ => new Client { Sessions = 1 },
        static (_, client) =>
        {
            Interlocked.Increment(ref client.Sessions);
            return client;
        });

    /// <summary>Counts a session that has ended; an address without any is forgotten.</summary>
    public void Leave(string address, Client client)
    {
        if (Interlocked.Decrement(ref client.Sessions) <= 0)
        {
            _clients.TryRemove(KeyValuePair.Create(address, client));
        }
    }
}
