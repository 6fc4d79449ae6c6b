namespace Mta.Linux;

/// <summary>
/// Tells one observer of calls that the system did not permit (EACCES, EPERM, and EXDEV, which a rename between
/// directories of different rights gives), so that somebody can say which rule did it. The error goes its usual way.
/// </summary>
public static class Refusals
{
    /// <summary>Is given the error, the call and the path (or null); must not throw. Null: nobody is told.</summary>
    public static Action<int, string, string?>? Observer { get; set; }

    internal static int Note(int errno, string call, string? path)
    {
        if (Observer is { } observer && errno is Errno.EACCES or Errno.EPERM or Errno.EXDEV)
        {
            observer(errno, call, path);
        }

        return errno;
    }
}
