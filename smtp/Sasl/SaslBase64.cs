using Mta.Sasl;

namespace Mta.Smtp.Sasl;

/// <summary>Base64 of challenges: strict, white space included (RFC 4954 §4), with a word for those that end too soon.</summary>
internal static class SaslBase64
{
    /// <param name="isCut">The text is not wrong, but ends within a group.</param>
    public static bool TryDecode(string text, out byte[] bytes, out bool isCut)
    {
        bytes = [];
        isCut = false;
        int groups = text.Length & ~3;
        if (!Base64Text.IsAlphabet(text.AsSpan(0, groups)))
        {
            return false;
        }

        isCut = groups < text.Length;
        return !isCut && Base64Text.TryDecode(text, out bytes);
    }
}
