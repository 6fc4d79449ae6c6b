namespace Mta.Linux;

/// <summary>A database library refused or failed; the message is the library's own text.</summary>
/// <param name="connectionLost">True when the connection is of no use any more; false when only this request failed.</param>
public sealed class DatabaseException(string message, bool connectionLost) : IOException(message)
{
    public bool ConnectionLost { get; } = connectionLost;
}
