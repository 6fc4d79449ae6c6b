namespace Mta.Tables.Types;

/// <summary>
/// Which three bytes occur in a row in a text, ASCII letters folded: a small set that errs on the side of yes. It is
/// made once per text and spares most rules of a long table their match.
/// </summary>
internal readonly ref struct TextSketch
{
    /// <summary>Room for the set, in words.</summary>
    public const int Words = 64;

    private const int BitMask = (Words * 64) - 1;
    private readonly ReadOnlySpan<ulong> _bits;

    /// <param name="bits">Room of <see cref="Words"/>; kept.</param>
    public TextSketch(ReadOnlySpan<byte> text, Span<ulong> bits)
    {
        bits.Clear();
        if (text.Length >= 3)
        {
            uint window = ((uint)Fold(text[0]) << 8) | Fold(text[1]);
            foreach (byte b in text[2..])
            {
                window = ((window << 8) | Fold(b)) & 0xFFFFFF;
                int bit = BitOf(window);
                bits[bit >> 6] |= 1UL << bit;
            }
        }

        _bits = bits;
    }

    /// <summary>Whether a text with these bits could be part of the text.</summary>
    public bool MayContain(ReadOnlySpan<ushort> needle)
    {
        foreach (ushort bit in needle)
        {
            if ((_bits[bit >> 6] & (1UL << bit)) == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The bits of a text of at least three bytes; the first few tell enough.</summary>
    public static ushort[] BitsOf(ReadOnlySpan<byte> needle)
    {
        ushort[] bits = new ushort[Math.Min(needle.Length - 2, 8)];
        for (int i = 0; i < bits.Length; i++)
        {
            bits[i] = (ushort)BitOf(((uint)Fold(needle[i]) << 16) | ((uint)Fold(needle[i + 1]) << 8) | Fold(needle[i + 2]));
        }

        return bits;
    }

    private static int BitOf(uint three) => (int)((three * 0x9E3779B1) >> 20) & BitMask;

    // What letters differ by; other bytes may fall together, which costs a match and no more.
    private static byte Fold(byte b) => (byte)(b | 0x20);
}
