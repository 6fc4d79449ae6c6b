using System.Buffers;
using Mta.Text;

namespace Mta.Sasl;

/// <summary>Base64 (RFC 4648 §4) of byte strings; strict, as both sides of an exchange must be.</summary>
public static class Base64Text
{
    private static readonly SearchValues<char> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

    /// <summary>Nothing but the 64 characters and the filling, which may stand anywhere.</summary>
    public static bool IsAlphabet(ReadOnlySpan<char> text) => text.IndexOfAnyExcept(Alphabet) < 0;

    public static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes);

    public static string Encode(string byteString) => Convert.ToBase64String(ByteString.ToBytes(byteString));

    /// <param name="text"><c>=</c> alone stands for nothing (RFC 4954 §4).</param>
    public static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = [];
        if (text is "" or "=")
        {
            return true;
        }

        // The runtime's decoder passes over white space.
        if (!IsAlphabet(text))
        {
            return false;
        }

        byte[] buffer = new byte[text.Length];
        bool isValid = Convert.TryFromBase64String(text, buffer, out int written);
        bytes = isValid ? buffer[..written] : [];
        return isValid;
    }
}
