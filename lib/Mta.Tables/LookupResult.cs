namespace Mta.Tables;

/// <summary>How a lookup ended.</summary>
public enum LookupStatus : byte
{
    /// <summary>The table has no such key.</summary>
    NotFound,

    /// <summary>The table has the key.</summary>
    Found,

    /// <summary>The table could not tell: a temporary error, never "not found".</summary>
    Failed,
}

/// <summary>Kinds of failure; callers defer on both, the <c>proxymap</c> protocol tells them apart.</summary>
public enum LookupFailure : byte
{
    /// <summary>No failure.</summary>
    None,

    /// <summary>Trying again later may help.</summary>
    Retry,

    /// <summary>An administrator has to change something.</summary>
    Configuration,
}

/// <summary>The outcome of one lookup. The default value is "not found".</summary>
public readonly struct LookupResult
{
    private readonly string? _text;

    private LookupResult(LookupStatus status, LookupFailure failure, string? text, LookupTable? table)
    {
        Status = status;
        Failure = failure;
        _text = text;
        Table = table;
    }

    /// <summary>The table has no such key.</summary>
    public static LookupResult NotFound => default;

    public LookupStatus Status { get; }

    public LookupFailure Failure { get; }

    /// <summary>The table that answered, where the answer came through a <see cref="TableList"/>; else null.</summary>
    public LookupTable? Table { get; }

    public bool IsFound => Status == LookupStatus.Found;

    public bool IsNotFound => Status == LookupStatus.NotFound;

    /// <summary>True for a temporary error: the caller defers, it never takes this for "not found".</summary>
    public bool IsFailed => Status == LookupStatus.Failed;

    /// <summary>What the table holds under the key, a byte string.</summary>
    /// <exception cref="InvalidOperationException">The lookup found nothing.</exception>
    public string Value => IsFound ? _text! : throw new InvalidOperationException("no value: the lookup found nothing"); // set with Found

    /// <summary>Why the lookup failed, for a log line; empty when it did not.</summary>
    public string Reason => IsFailed ? _text! : ""; // set with Failed

    /// <summary>An answer. An empty text is possible; most callers go through <see cref="TableList"/>, which refuses it.</summary>
    public static LookupResult Found(string value) => new(LookupStatus.Found, LookupFailure.None, value, null);

    /// <summary>A failure; <paramref name="reason"/> is what stands in the log.</summary>
    public static LookupResult Failed(string reason, LookupFailure kind = LookupFailure.Retry) => new(LookupStatus.Failed, kind, reason, null);

    /// <summary>The same outcome, with the table that gave it.</summary>
    public LookupResult From(LookupTable table) => new(Status, Failure, _text, table);

    public override string ToString() => Status switch
    {
        LookupStatus.Found => $"\"{_text}\"",
        LookupStatus.Failed => $"error: {_text}",
        LookupStatus.NotFound => "not_found",
    };
}
