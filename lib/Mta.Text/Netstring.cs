namespace Mta.Text;

/// <summary>Writes netstrings; <see cref="NetstringReader"/> reads them.</summary>
public static class Netstring
{
    /// <summary>Writes a byte string (<see cref="ByteString"/>) as a netstring.</summary>
    public static void Write(BufferedOutput output, string text)
    {
        output.WriteDecimal((long)text.Length);
        output.Write((byte)':');
        output.Write(text);
        output.Write((byte)',');
    }
}
