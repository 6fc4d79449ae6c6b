using System.Globalization;
using Mta.Text;

namespace Mta.Mail;

/// <summary>
/// An enhanced mail system status code <c>class.subject.detail</c> (RFC 3463 §2). The default value is the empty
/// status, written as nothing.
/// </summary>
public readonly record struct EnhancedStatus
{
    private readonly byte _class;
    private readonly ushort _subject;
    private readonly ushort _detail;

    private EnhancedStatus(int statusClass, int subject, int detail)
    {
        _class = (byte)statusClass;
        _subject = (ushort)subject;
        _detail = (ushort)detail;
    }

    /// <summary>2, 4 or 5; 0 for the empty status.</summary>
    public int Class => _class;

    public int Subject => _subject;

    public int Detail => _detail;

    public bool IsEmpty => _class == 0;

    /// <exception cref="ArgumentOutOfRangeException">The class is not 2, 4 or 5, or a part exceeds 999.</exception>
    public static EnhancedStatus Create(int statusClass, int subject, int detail)
    {
        if (statusClass is not (2 or 4 or 5) || subject is < 0 or > 999 || detail is < 0 or > 999)
        {
            throw new ArgumentOutOfRangeException(nameof(statusClass), $"bad status {statusClass}.{subject}.{detail}");
        }

        return new EnhancedStatus(statusClass, subject, detail);
    }

    /// <summary>The same subject and detail under another class (a reply's code decides the class).</summary>
    public EnhancedStatus WithClass(int statusClass) => IsEmpty ? this : Create(statusClass, Subject, Detail);

    /// <summary>Exactly <c>D.S.N</c> and nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out EnhancedStatus status) =>
        TryParsePrefix(text, out status, out int length) && length == text.Length;

    /// <summary>
    /// A status at the start of a text, ended by white space or the end of the text.
    /// </summary>
    /// <param name="length">Characters of the status itself, without the white space behind it.</param>
    public static bool TryParsePrefix(ReadOnlySpan<char> text, out EnhancedStatus status, out int length)
    {
        status = default;
        length = 0;
        if (text.Length < 5 || text[0] is not ('2' or '4' or '5') || text[1] != '.')
        {
            return false;
        }

        int subjectDigits = Digits(text[2..]);
        int dot = 2 + subjectDigits;
        if (subjectDigits is < 1 or > 3 || dot >= text.Length || text[dot] != '.')
        {
            return false;
        }

        int detailDigits = Digits(text[(dot + 1)..]);
        int end = dot + 1 + detailDigits;
        if (detailDigits is < 1 or > 3 || (end < text.Length && !Ascii.IsSpace(text[end])))
        {
            return false;
        }

        status = new EnhancedStatus(
            text[0] - '0',
            int.Parse(text[2..dot], NumberStyles.None, CultureInfo.InvariantCulture),
            int.Parse(text[(dot + 1)..end], NumberStyles.None, CultureInfo.InvariantCulture));
        length = end;
        return true;
    }

    /// <summary>
    /// Takes a leading status and the white space behind it off a text; without one, <paramref name="status"/>
    /// stays and so does the text.
    /// </summary>
    public static string Split(string text, ref EnhancedStatus status)
    {
        int start = 0;
        while (start < text.Length && Ascii.IsSpace(text[start]))
        {
            start++;
        }

        if (!TryParsePrefix(text.AsSpan(start), out EnhancedStatus found, out int length))
        {
            return text[start..];
        }

        status = found;
        start += length;
        while (start < text.Length && Ascii.IsSpace(text[start]))
        {
            start++;
        }

        return text[start..];
    }

    public override string ToString() => IsEmpty ? "" : $"{_class}.{_subject}.{_detail}";

    private static int Digits(ReadOnlySpan<char> text)
    {
        int count = 0;
        while (count < text.Length && Ascii.IsDigit(text[count]))
        {
            count++;
        }

        return count;
    }
}
