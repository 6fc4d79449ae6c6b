namespace Mta.Mail.Dsn;

/// <summary>What a notice is about; each class has its template.</summary>
public enum NoticeClass
{
    Failure,
    Delay,
    Success,
    Verify,
}

/// <summary>The human part of a notice. All text is byte strings.</summary>
/// <param name="Name"><c>failure</c>, <c>delay</c>, <c>success</c> or <c>verify</c>.</param>
/// <param name="From">Value of the From header, incomplete address allowed.</param>
/// <param name="PostmasterSubject">Subject of the copy to the postmaster; null where there is none.</param>
/// <param name="Text">Lines with <c>$name</c> unexpanded.</param>
public sealed record NoticeTemplate(NoticeClass Class, string Name, string Charset, string From, string Subject, string? PostmasterSubject, IReadOnlyList<string> Text)
{
    /// <summary>Where it was read; empty for a built-in one.</summary>
    public string Origin { get; init; } = "";

    /// <summary><c>8bit</c> when the text needs it, else <c>7bit</c>.</summary>
    public string Encoding { get; init; } = "7bit";

    /// <summary>What the third part of the notice is called before its kind: a word for undelivered mail only.</summary>
    public string ContentPrefix => Class is NoticeClass.Failure or NoticeClass.Delay ? "Undelivered " : "";
}
