using Mta.Mail.Protocols;

namespace Mta.Anvil;

/// <summary>
/// Counters by client identity. Events are counted in windows of one time unit that begin with a client's first event
/// after the last window; a client without connections is forgotten when its window is over. Thread-safe.
/// </summary>
internal sealed class ClientTable(TimeSpan unit, TimeProvider time, Statistics statistics)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private long _nextSweep;

    /// <summary>Counts a request, and tells the counters afterwards.</summary>
    public AnvilCounts Count(AnvilRequest request)
    {
        lock (_lock)
        {
            DateTime now = time.GetUtcNow().UtcDateTime;
            Sweep(now);
            bool isQuestion = request.Kind is AnvilRequestKind.Lookup or AnvilRequestKind.NewTlsStatus;
            if (!_entries.TryGetValue(request.Identity, out Entry? entry))
            {
                if (isQuestion)
                {
                    return default;
                }

                entry = new Entry { Start = now };
                _entries.Add(request.Identity, entry);
                statistics.NoteSize(_entries.Count, now);
            }

            if (entry.Start + unit < now)
            {
                entry.Start = now;
                entry.Rates = default;
            }

            AnvilCounts counts = entry.Add(request.Kind);
            if (!isQuestion)
            {
                statistics.Note(request, counts, now);
            }

            return counts;
        }
    }

    /// <summary>One connection of a client has ended.</summary>
    public void Disconnect(string identity)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(identity, out Entry? entry) && entry.Connections > 0)
            {
                entry.Connections--;
            }
        }
    }

    private void Sweep(DateTime now)
    {
        if (now.Ticks < _nextSweep)
        {
            return;
        }

        _nextSweep = (now + unit).Ticks;
        foreach ((string identity, Entry entry) in _entries)
        {
            if (entry.Connections == 0 && entry.Start + unit < now)
            {
                _entries.Remove(identity);
            }
        }
    }

    private sealed class Entry
    {
        public DateTime Start { get; set; }

        public int Connections { get; set; }

        public AnvilCounts Rates { get; set; }

        public AnvilCounts Add(AnvilRequestKind kind)
        {
            AnvilCounts rates = Rates;
            switch (kind)
            {
                case AnvilRequestKind.Connect:
                    Connections++;
                    rates = rates with { ConnectionRate = rates.ConnectionRate + 1 };
                    break;
                case AnvilRequestKind.Message:
                    rates = rates with { MessageRate = rates.MessageRate + 1 };
                    break;
                case AnvilRequestKind.Recipient:
                    rates = rates with { RecipientRate = rates.RecipientRate + 1 };
                    break;
                case AnvilRequestKind.NewTls:
                    rates = rates with { NewTlsRate = rates.NewTlsRate + 1 };
                    break;
                case AnvilRequestKind.Auth:
                    rates = rates with { AuthRate = rates.AuthRate + 1 };
                    break;
            }

            Rates = rates;
            return rates with { Connections = Connections };
        }
    }
}
