namespace Mta.Linux;

/// <summary>Names of files as text; nothing is looked up.</summary>
public static class PathNames
{
    /// <summary>
    /// The directory that a name is in: <c>/a</c> for <c>/a/b</c>, <c>/</c> for <c>/a</c>, <c>.</c> for <c>a</c>. Slashes
    /// at the end of the name are its own: take them away first where they mean nothing.
    /// </summary>
    public static string DirectoryOf(string path)
    {
        int slash = path.LastIndexOf('/');
        return slash < 0 ? "." : slash == 0 ? "/" : path[..slash];
    }
}
