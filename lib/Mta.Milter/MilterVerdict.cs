namespace Mta.Milter;

/// <summary>What the filters want done with a command or a message.</summary>
public enum MilterVerdictKind
{
    Continue,

    /// <summary>The text is the SMTP reply to give: 4xx or 5xx, its lines separated by CRLF.</summary>
    Reply,

    /// <summary>The message is accepted and dropped.</summary>
    Discard,

    /// <summary>The message is held; the text says why.</summary>
    Hold,
}

/// <summary>One verdict; the default is to go on.</summary>
public readonly record struct MilterVerdict(MilterVerdictKind Kind, string Text)
{
    public static readonly MilterVerdict Continue = new(MilterVerdictKind.Continue, "");
    public static readonly MilterVerdict Discard = new(MilterVerdictKind.Discard, "milter triggers DISCARD action");
    public static readonly MilterVerdict Hold = new(MilterVerdictKind.Hold, "milter triggers HOLD action");

    public bool IsContinue => Kind == MilterVerdictKind.Continue;

    public static MilterVerdict Reply(string text) => new(MilterVerdictKind.Reply, text);
}
