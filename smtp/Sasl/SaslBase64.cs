using System.Buffers;

namespace Mta.Smtp.Sasl;

/// <summary>Base64 of challenges: strict, white space included (RFC 4954 §4).</summary>
internal static class SaslBase64
{
    private static readonly SearchValues<char> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

    /// <param name="isCut">The text is not wrong, but ends within a group.</param>
    public static bool TryDecode(string text, out byte[] bytes, out bool isCut)
    {
        bytes = [];
        isCut = false;
        int groups = text.Length & ~3;
        if (text.AsSpan(0, groups).IndexOfAnyExcept(Alphabet) >= 0)
        {
            return false;
        }

        isCut = groups < text.Length;
        byte[] buffer = new byte[text.Length];
        if (isCut || !Convert.TryFromBase64String(text, buffer, out int length))
        {
            return false;
        }

        bytes = buffer[..length];
        return true;
    }
}
