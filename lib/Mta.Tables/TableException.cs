namespace Mta.Tables;

/// <summary>A table cannot be opened, built or changed. The message is what stands in the log.</summary>
public sealed class TableException(string message, Exception? inner = null) : Exception(message, inner);
