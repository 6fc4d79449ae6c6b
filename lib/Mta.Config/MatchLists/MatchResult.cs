namespace Mta.Config;

/// <summary>How a match against a list ended.</summary>
public enum MatchResult : byte
{
    /// <summary>No pattern matched, or the first that did is negated.</summary>
    No,

    /// <summary>A pattern matched.</summary>
    Yes,

    /// <summary>A table could not tell, or a pattern is malformed: a temporary error, reported to the registry's warnings.</summary>
    Failed,
}
