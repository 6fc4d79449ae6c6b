namespace Mta.Text;

/// <summary>
/// This process cannot go on. The text is what stands after <c>fatal: </c> in the log; the process border logs it
/// and exits.
/// </summary>
public sealed class FatalException(string message, Exception? inner = null) : Exception(message, inner);
