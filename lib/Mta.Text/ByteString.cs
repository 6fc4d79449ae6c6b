using System.Text;

namespace Mta.Text;

/// <summary>
/// Byte strings: text from sockets, files, tables and command lines is held in a <see cref="string"/> with one
/// character per byte (Latin-1), so that no byte is lost or changed on its way through. UTF-8 is decoded only
/// where its meaning counts (SMTPUTF8 checks, case folding), never for transport.
/// </summary>
public static class ByteString
{
    /// <summary>The string whose characters are the given bytes.</summary>
    public static string FromBytes(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>The bytes of a byte string. Characters above 0xFF are a broken invariant and become <c>?</c>.</summary>
    public static byte[] ToBytes(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>Copies the bytes of a byte string; <paramref name="destination"/> holds at least its length.</summary>
    public static int CopyTo(string text, Span<byte> destination) => Encoding.Latin1.GetBytes(text, destination);

    /// <summary>The byte string that holds the UTF-8 form of ordinary text.</summary>
    public static string FromUnicode(string text) => Ascii.IsAscii(text) ? text : FromBytes(Encoding.UTF8.GetBytes(text));

    /// <summary>Ordinary text, when the bytes are valid UTF-8.</summary>
    public static bool TryToUnicode(string text, out string unicode)
    {
        if (Ascii.IsAscii(text))
        {
            unicode = text;
            return true;
        }

        try
        {
            unicode = Strict.GetString(ToBytes(text));
            return true;
        }
        catch (DecoderFallbackException)
        {
            unicode = "";
            return false;
        }
    }

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
