namespace Mta.Config;

/// <summary>A compatibility level, <c>major[.minor[.patch]]</c>. Levels compare part by part; absent parts are 0.</summary>
public readonly record struct CompatibilityLevel(int Major, int Minor, int Patch) : IComparable<CompatibilityLevel>
{
    public static bool TryParse(ReadOnlySpan<char> text, out CompatibilityLevel level)
    {
        level = default;
        Span<int> parts = stackalloc int[3];
        for (int i = 0; ; i++)
        {
            int dot = text.IndexOf('.');
            if (i == 3 || !Numbers.TryParse(dot < 0 ? text : text[..dot], out long value) || value < 0 || value > (i == 0 ? 0xFFFFF : 1023))
            {
                return false;
            }

            parts[i] = (int)value;
            if (dot < 0)
            {
                level = new CompatibilityLevel(parts[0], parts[1], parts[2]);
                return true;
            }

            text = text[(dot + 1)..];
        }
    }

    public int CompareTo(CompatibilityLevel other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    public static bool operator <(CompatibilityLevel left, CompatibilityLevel right) => left.CompareTo(right) < 0;

    public static bool operator >(CompatibilityLevel left, CompatibilityLevel right) => left.CompareTo(right) > 0;

    public static bool operator <=(CompatibilityLevel left, CompatibilityLevel right) => left.CompareTo(right) <= 0;

    public static bool operator >=(CompatibilityLevel left, CompatibilityLevel right) => left.CompareTo(right) >= 0;

    public override string ToString() => Patch != 0 ? $"{Major}.{Minor}.{Patch}" : Minor != 0 ? $"{Major}.{Minor}" : $"{Major}";
}
