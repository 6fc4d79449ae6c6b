namespace Mta.Config;

/// <summary>
/// main.cf or master.cf cannot be used as it stands. The text is what follows <c>fatal: </c> in the log.
/// </summary>
public sealed class ConfigurationException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>A warning to log before the fatal line, where Postfix logs two; else null.</summary>
    public string? Warning { get; init; }
}
