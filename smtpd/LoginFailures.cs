using System.Collections.Concurrent;

namespace Mta.Smtpd;

/// <summary>
/// Counts failed logins per client address and per account over the last ten minutes. More of them are not refused, which
/// would let anyone lock others out: the answers wait, good ones too, since a quick one would tell. Thread-safe; bounded.
/// </summary>
internal sealed class LoginFailures(int mostEntries = 100_000)
{
    private const int Free = 3;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly long Memory = (long)TimeSpan.FromMinutes(10).TotalMilliseconds;

    private readonly ConcurrentDictionary<string, (int Count, long Until)> _failures = new(StringComparer.Ordinal);

    /// <summary>Addresses and accounts that are remembered.</summary>
    public int Size => _failures.Count;

    /// <summary>How long answers to this client wait.</summary>
    public TimeSpan DelayForAddress(string address) => Delay("a" + address);

    /// <summary>How long answers about this account wait.</summary>
    public TimeSpan DelayForAccount(string user) => user.Length > 0 ? Delay("u" + user) : TimeSpan.Zero;

    public void Note(string address, string user)
    {
        if (_failures.Count >= mostEntries)
        {
            Forget();
        }

        Add("a" + address);
        if (user.Length > 0)
        {
            Add("u" + user);
        }
    }

    private TimeSpan Delay(string key) => TimeSpan.FromSeconds(Math.Clamp(Count(key) - Free, 0, Longest.TotalSeconds));

    private void Add(string key)
    {
        long until = Environment.TickCount64 + Memory;
        _failures.AddOrUpdate(key, _ => (1, until), (_, old) => (old.Until < Environment.TickCount64 ? 1 : Math.Min(old.Count + 1, 1000), until));
    }

    private int Count(string key) => _failures.TryGetValue(key, out (int Count, long Until) entry) && entry.Until >= Environment.TickCount64 ? entry.Count : 0;

    // What is over, and some of the rest if need be: so much at once that the next walk is far away.
    private void Forget()
    {
        int left = _failures.Count;
        foreach ((string key, (int Count, long Until) entry) in _failures)
        {
            if ((entry.Until < Environment.TickCount64 || left > mostEntries * 9 / 10) && _failures.TryRemove(key, out _))
            {
                left--;
            }
        }
    }
}
