using System.Globalization;

namespace Mta.Mail.Queue;

/// <summary>
/// The name of a queue file: 1 to 255 characters, each alphanumeric or <c>_</c>. The short form is five hexadecimal
/// digits of microseconds and the inode number; the long form is seconds and microseconds in base 52, <c>z</c>, and
/// the inode number in base 51. The default value is no name: its <see cref="Value"/> is empty.
/// </summary>
public readonly record struct QueueId
{
    private const string Alphabet = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
    private const int SecondsDigits = 6;
    private const int MicrosecondsDigits = 4;

    private readonly string? _value;

    private QueueId(string value) => _value = value;

    public string Value => _value ?? "";

    /// <summary>Whether the last <c>z</c> stands where the long form has it.</summary>
    public bool IsLong => Value.LastIndexOf('z') >= SecondsDigits + MicrosecondsDigits;

    /// <summary>The five hexadecimal digits of microseconds (long form), or the start of the name.</summary>
    private string HashSource => IsLong ? MicrosecondsOfLong().ToString("X5", CultureInfo.InvariantCulture) : Value;

    public static bool IsValid(ReadOnlySpan<char> name)
    {
        if (name.Length is < 1 or > 255)
        {
            return false;
        }

        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
            {
                return false;
            }
        }

        return true;
    }

    public static bool TryParse(string name, out QueueId id)
    {
        bool valid = IsValid(name);
        id = valid ? new QueueId(name) : default;
        return valid;
    }

    /// <summary>The name of a file: from the time of its rename and its inode number.</summary>
    public static QueueId Create(DateTime utc, ulong inode, bool longForm)
    {
        long ticks = (utc - DateTime.UnixEpoch).Ticks;
        long seconds = ticks / TimeSpan.TicksPerSecond;
        long micros = ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond;
        if (!longForm)
        {
            return new QueueId(string.Create(CultureInfo.InvariantCulture, $"{micros:X5}{inode:X}"));
        }

        Span<char> text = stackalloc char[64];
        int length = Encode(text, (ulong)seconds, 52, SecondsDigits);
        length += Encode(text[length..], (ulong)micros, 52, MicrosecondsDigits);
        text[length++] = 'z';
        length += Encode(text[length..], inode, 51, 1);
        return new QueueId(new string(text[..length]));
    }

    /// <summary>The inode number that the name claims; false when it holds none.</summary>
    public bool TryGetInode(out ulong inode)
    {
        if (IsLong)
        {
            return Decode(Value.AsSpan(Value.LastIndexOf('z') + 1), 51, out inode);
        }

        inode = 0;
        return Value.Length > 5 && ulong.TryParse(Value.AsSpan(5), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out inode);
    }

    /// <summary>The same name for another inode number: what the repair of a restored queue renames a file to.</summary>
    /// <param name="longForm">Keep the long form; when off, a long name becomes a short one.</param>
    public QueueId WithInode(ulong inode, bool longForm)
    {
        if (!IsLong)
        {
            return new QueueId(string.Create(CultureInfo.InvariantCulture, $"{(Value.Length >= 5 ? Value[..5] : Value.PadLeft(5, '0'))}{inode:X}"));
        }

        if (!longForm)
        {
            return new QueueId(string.Create(CultureInfo.InvariantCulture, $"{MicrosecondsOfLong():X5}{inode:X}"));
        }

        Span<char> text = stackalloc char[64];
        int length = Encode(text, inode, 51, 1);
        return new QueueId(string.Concat(Value.AsSpan(0, Value.LastIndexOf('z') + 1), text[..length]));
    }

    /// <summary>One character of the hash directory at a level; missing ones are <c>_</c>.</summary>
    public char HashCharacter(int level)
    {
        string source = HashSource;
        return level < source.Length ? source[level] : '_';
    }

    public override string ToString() => Value;

    private ulong MicrosecondsOfLong()
    {
        int z = Value.LastIndexOf('z');
        return Decode(Value.AsSpan(z - MicrosecondsDigits, MicrosecondsDigits), 52, out ulong micros) ? micros : 0;
    }

    private static int Encode(Span<char> target, ulong value, uint radix, int minimum)
    {
        Span<char> reversed = stackalloc char[16];
        int length = 0;
        while (value > 0 || length < minimum)
        {
            reversed[length++] = Alphabet[(int)(value % radix)];
            value /= radix;
        }

        for (int i = 0; i < length; i++)
        {
            target[i] = reversed[length - 1 - i];
        }

        return length;
    }

    private static bool Decode(ReadOnlySpan<char> digits, uint radix, out ulong value)
    {
        value = 0;
        foreach (char c in digits)
        {
            int digit = Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0 || digit >= radix || value > (ulong.MaxValue - (uint)digit) / radix)
            {
                value = 0;
                return false;
            }

            value = (value * radix) + (uint)digit;
        }

        return !digits.IsEmpty;
    }
}
