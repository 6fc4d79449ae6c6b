namespace Mta.Smtpd.Restrictions;

/// <summary>What one restriction, or a list of them, decided.</summary>
internal enum VerdictKind
{
    /// <summary>Nothing: the next one decides.</summary>
    Dunno,

    /// <summary>The list permits the request.</summary>
    Permit,

    /// <summary>The request is refused with a reply.</summary>
    Reject,

    /// <summary>The message is accepted and dropped: nothing more is evaluated.</summary>
    Discard,

    /// <summary>The connection is dropped without a reply.</summary>
    HangUp,
}

/// <summary>A decision, with the reply where it refuses.</summary>
internal readonly record struct Verdict(VerdictKind Kind, string Reply)
{
    public static readonly Verdict Dunno;
    public static readonly Verdict Permit = new(VerdictKind.Permit, "");
    public static readonly Verdict Discard = new(VerdictKind.Discard, "");
    public static readonly Verdict HangUp = new(VerdictKind.HangUp, "");

    public bool IsDunno => Kind == VerdictKind.Dunno;

    public static Verdict Reject(string reply) => new(VerdictKind.Reject, reply);
}

/// <summary>One word of a restriction list, with its arguments. Made at start, used by all sessions at once.</summary>
/// <param name="name">As the administrator wrote it.</param>
internal abstract class Restriction(string name)
{
    public string Name { get; } = name;

    /// <summary>Nothing behind it in a list is ever reached.</summary>
    public virtual bool IsFinal => false;

    /// <summary>Its permissions are logged where they are made: by a table's entry, or inside a class.</summary>
    public virtual bool IsIndirect => false;

    /// <summary>What it judges, for the log of what is permitted.</summary>
    public virtual (string Class, string Name) About(Evaluation at) => (at.Class, at.Name);

    public abstract ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop);
}
