namespace Mta.Smtp;

/// <summary>A table of this host could not tell what a session needs to know: the session ends, mail waits.</summary>
internal sealed class LocalDataException(string message) : IOException(message);
