namespace Mta.Mail.Queue;

/// <summary>Names of the queue directories. A queue name is 1 to 100 alphanumeric characters.</summary>
public static class QueueName
{
    public const string Maildrop = "maildrop";
    public const string Incoming = "incoming";
    public const string Active = "active";
    public const string Deferred = "deferred";
    public const string Hold = "hold";
    public const string Corrupt = "corrupt";
    public const string Saved = "saved";
    public const string Spare = "spare";
    public const string Bounce = "bounce";
    public const string Defer = "defer";
    public const string Trace = "trace";
    public const string Flush = "flush";

    public static bool IsValid(ReadOnlySpan<char> name)
    {
        if (name.Length is < 1 or > 100)
        {
            return false;
        }

        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c))
            {
                return false;
            }
        }

        return true;
    }
}
