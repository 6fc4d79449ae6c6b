namespace Mta.Text;

/// <summary>A peer sent an attribute list that the protocol does not allow. The connection is of no more use.</summary>
public sealed class AttributeFormatException(string message) : IOException(message);
