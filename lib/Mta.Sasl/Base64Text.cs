using System.Buffers;
using Mta.Text;

namespace Mta.Sasl;

/// <summary>Base64 (RFC 4648 §4) of byte strings; strict, as both sides of an exchange must be.</summary>
public static class Base64Text
{
    internal static readonly SearchValues<char> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

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
        if (text.AsSpan().IndexOfAnyExcept(Alphabet) >= 0)
        {
            return false;
        }

        byte[] buffer = new byte[text.Length];
        bool isValid = Convert.TryFromBase64String(text, buffer, out int written);
        bytes = isValid ? buffer[..written] : [];
        return isValid;
    }
}
