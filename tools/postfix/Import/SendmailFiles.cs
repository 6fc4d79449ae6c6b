namespace Mta.Postfix.Import;

/// <summary>The files of sendmail's configuration directory.</summary>
/// <param name="read">The text of a file of the directory, null when it is not there.</param>
internal sealed class SendmailFiles(string directory, Func<string, string?> read)
{
    public string? Read(string name) => read(name);

    /// <summary>The rows of a table.</summary>
    /// <param name="name"><c>/etc/mail/name</c>, or <c>-o /etc/mail/name</c>; nothing when there is no such file.</param>
    public IEnumerable<(int Line, string Key, string Value)> Lines(string name)
    {
        string file = name.Split(' ')[^1];
        file = file.StartsWith(directory + "/", StringComparison.Ordinal) || file.StartsWith("/etc/mail/", StringComparison.Ordinal) ? file[(file.LastIndexOf('/') + 1)..] : file;
        return read(file) is { } text ? Conversion.RowsOf(text) : [];
    }

    /// <summary>Words between white space.</summary>
    public static string[] Words(string text) => text.Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
}
