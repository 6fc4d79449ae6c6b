using System.Buffers;
using Mta.Config;
using Mta.Text;

namespace Mta.Cleanup;

/// <summary>A set of bytes written with C escapes, as in <c>message_strip_characters = \0</c>.</summary>
internal sealed class CharacterFilter
{
    private readonly SearchValues<byte> _bytes;

    /// <exception cref="ConfigurationException">A backslash ends the text.</exception>
    public CharacterFilter(string parameter, string text)
    {
        List<byte> bytes = [];
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                bytes.Add((byte)text[i]);
                continue;
            }

            if (i + 1 == text.Length)
            {
                throw new ConfigurationException($"{parameter}: incomplete escape sequence: {text}");
            }

            i++;
            bytes.Add(CEscape.Read(text, ref i));
        }

        _bytes = SearchValues.Create(bytes.ToArray());
        IsEmpty = bytes.Count == 0;
    }

    public bool IsEmpty { get; }

    public bool IsFoundIn(ReadOnlySpan<byte> text) => !IsEmpty && text.ContainsAny(_bytes);

    /// <summary>The text without the bytes of the set.</summary>
    public byte[] Strip(ReadOnlySpan<byte> text)
    {
        List<byte> kept = new(text.Length);
        foreach (byte b in text)
        {
            if (!_bytes.Contains(b))
            {
                kept.Add(b);
            }
        }

        return [.. kept];
    }
}
