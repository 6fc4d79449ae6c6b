namespace Mta.Config;

/// <summary>A <c>$name</c> expression is malformed. The text is what stands after <c>warning: </c> in the log.</summary>
public sealed class ExpansionException(string message) : Exception(message)
{
    /// <summary>The text stands after <c>fatal: </c> instead, and nothing else is said.</summary>
    public bool IsFatal { get; init; }
}
