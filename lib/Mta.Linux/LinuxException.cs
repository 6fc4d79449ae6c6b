namespace Mta.Linux;

/// <summary>A system call failed. The message reads <c>open /x/y: No such file or directory</c>.</summary>
public sealed class LinuxException(int errno, string call, string? path = null)
    : IOException(path is null ? $"{call}: {Linux.Errno.Text(errno)}" : $"{call} {path}: {Linux.Errno.Text(errno)}")
{
    /// <summary>The error number; see <see cref="Linux.Errno"/>.</summary>
    public int Errno { get; } = Refusals.Note(errno, call, path);

    /// <summary>The C library's name of the call.</summary>
    public string Call { get; } = call;

    /// <summary>The file concerned, where there is one.</summary>
    public string? Path { get; } = path;

    /// <summary>The system's text for the error alone, as C's strerror gives it.</summary>
    public string Reason => Linux.Errno.Text(Errno);
}
