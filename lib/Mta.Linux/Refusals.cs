namespace Mta.Linux;

/// <summary>
/// Tells one observer of calls that the system did not permit (EACCES, and EXDEV, which a rename between
/// directories of different rights gives), so that somebody can say which rule did it. The error goes its usual way.
/// </summary>
public static class Refusals
{
    /// <summary>Is given the error, the call and the path (or null); must not throw. Null: nobody is told.</summary>
    public static Action<int, string, string?>? Observer { get; set; }

    /// <summary>
    /// Whether the modes of a file (or of the directory in which it would be) permit what was refused: then other rules did
    /// it. Asked with the effective identity of now.
    /// </summary>
    public static bool IsBeyondModes(string path, bool writes)
    {
        string directory = PathNames.DirectoryOf(path.TrimEnd('/'));
        AccessMode wanted = writes ? AccessMode.Write : AccessMode.Read;
        return Posix.TryAccess(path, AccessMode.Exists) == 0
            ? Posix.TryAccess(path, wanted) == 0
            : writes && Posix.TryAccess(directory, AccessMode.Write | AccessMode.Execute) == 0;
    }

    internal static int Note(int errno, string call, string? path)
    {
        if (errno is Errno.EACCES or Errno.EXDEV && Observer is { } observer)
        {
            observer(errno, call, path);
        }

        return errno;
    }
}
