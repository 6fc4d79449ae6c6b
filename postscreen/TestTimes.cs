using System.Globalization;

namespace Mta.Postscreen;

/// <summary>The tests, in the order of the cache.</summary>
internal enum ScreenTest
{
    Pregreet,
    Dnsbl,
    Pipelining,
    NonSmtp,
    BareNewline,
}

/// <summary>
/// Until when a client's tests count as passed, in seconds since 1970: 0 never passed, 1 was not asked for. One per
/// address; sessions of the address at the same time share it. Thread-safe by its owner's lock.
/// </summary>
internal sealed class TestTimes
{
    public const int Count = 5;
    private const long WasDisabled = 1;
    private readonly long[] _expires = new long[Count];

    public long this[ScreenTest test]
    {
        get => Volatile.Read(ref _expires[(int)test]);
        set => Volatile.Write(ref _expires[(int)test], value);
    }

    /// <summary>Some test was never passed.</summary>
    public bool IsNew => Array.IndexOf(_expires, 0L) >= 0;

    public long Latest => _expires.Max();

    /// <summary>Reads a cache entry; what is missing or malformed counts as not asked for, an absent entry as new.</summary>
    public static TestTimes Parse(string? value)
    {
        var times = new TestTimes();
        if (value is null)
        {
            return times;
        }

        string[] parts = value.Split(';');
        for (int i = 0; i < Count; i++)
        {
            times._expires[i] = i < parts.Length && long.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out long time) ? time : WasDisabled;
        }

        return times;
    }

    public void NoteDisabled(ScreenTest test)
    {
        if (this[test] == 0)
        {
            this[test] = WasDisabled;
        }
    }

    public override string ToString() => string.Join(';', _expires);
}
