using Mta.Mail;
using Mta.Mail.Protocols;

namespace Mta.Anvil;

/// <summary>The highest counters since the last report, and whose they were. Thread-safe.</summary>
internal sealed class Statistics(TimeSpan unit)
{
    private readonly Lock _lock = new();
    private readonly Peak _connectionRate = new();
    private readonly Peak _connectionCount = new();
    private readonly Peak _messageRate = new();
    private readonly Peak _recipientRate = new();
    private readonly Peak _newTlsRate = new();
    private readonly Peak _authRate = new();
    private readonly Peak _size = new();

    public void Note(AnvilRequest request, AnvilCounts counts, DateTime now)
    {
        lock (_lock)
        {
            switch (request.Kind)
            {
                case AnvilRequestKind.Connect:
                    _connectionRate.Note(counts.ConnectionRate, request.Identity, now);
                    _connectionCount.Note(counts.Connections, request.Identity, now);
                    break;
                case AnvilRequestKind.Message:
                    _messageRate.Note(counts.MessageRate, request.Identity, now);
                    break;
                case AnvilRequestKind.Recipient:
                    _recipientRate.Note(counts.RecipientRate, request.Identity, now);
                    break;
                case AnvilRequestKind.NewTls:
                    _newTlsRate.Note(counts.NewTlsRate, request.Identity, now);
                    break;
                case AnvilRequestKind.Auth:
                    _authRate.Note(counts.AuthRate, request.Identity, now);
                    break;
            }
        }
    }

    public void NoteSize(int size, DateTime now)
    {
        lock (_lock)
        {
            _size.Note(size, "", now);
        }
    }

    /// <summary>The lines to log; afterwards everything begins anew.</summary>
    public List<string> TakeLines()
    {
        List<string> lines = [];
        lock (_lock)
        {
            AddRate(lines, "connection", _connectionRate);
            if (_connectionCount.Take() is { } count)
            {
                lines.Add($"statistics: max connection count {count.Value} for ({count.Identity}) at {count.Time}");
            }

            AddRate(lines, "message", _messageRate);
            AddRate(lines, "recipient", _recipientRate);
            AddRate(lines, "newtls", _newTlsRate);
            AddRate(lines, "auth", _authRate);
            if (_size.Take() is { } size)
            {
                lines.Add($"statistics: max cache size {size.Value} at {size.Time}");
            }
        }

        return lines;
    }

    private void AddRate(List<string> lines, string name, Peak peak)
    {
        if (peak.Take() is { } top)
        {
            lines.Add($"statistics: max {name} rate {top.Value}/{(long)unit.TotalSeconds}s for ({top.Identity}) at {top.Time}");
        }
    }

    private sealed class Peak
    {
        private int _value;
        private string _identity = "";
        private DateTime _time;

        public void Note(int value, string identity, DateTime now)
        {
            if (value > _value)
            {
                _value = value;
                _identity = identity;
                _time = now;
            }
        }

        public (int Value, string Identity, string Time)? Take()
        {
            if (_value == 0)
            {
                return null;
            }

            int value = _value;
            _value = 0;
            return (value, _identity, LocalClock.MonthAndTime(_time));
        }
    }
}
