namespace Mta.Postfix.Import;

/// <summary>sendmail's filters (Milters), declared by name and used in the order they are named in.</summary>
internal sealed class SendmailFilters(Conversion into)
{
    private readonly Dictionary<string, (int Line, string Text)> _declared = new(StringComparer.Ordinal);

    /// <summary>MAIL_FILTER: a name for <c>S=socket, F=flags, T=times</c>.</summary>
    public void Declare(int line, string name, string text) => _declared[name] = (line, text);

    /// <summary>INPUT_MAIL_FILTER and confINPUT_MAIL_FILTERS: messages go through a filter.</summary>
    public void Use(int line, string name)
    {
        (int declared, string text) = _declared.GetValueOrDefault(name, (line, ""));
        string socket = text.Split(',', StringSplitOptions.TrimEntries).FirstOrDefault(static part => part.StartsWith("S=", StringComparison.Ordinal)) ?? "";
        string[] parts = socket.Length > 2 ? socket[2..].Split(':', 2) : [];
        string? milter = parts switch
        {
            ["local" or "unix", var path] => $"unix:{path}",
            ["inet" or "inet6", var place] when place.Split('@') is [var port, var host] => $"inet:{host}:{port}",
            _ => null,
        };
        if (milter is null)
        {
            into.Unclear(SendmailImport.File, declared, $"INPUT_MAIL_FILTER({name}, {text})");
            return;
        }

        string flags = text.Split(',', StringSplitOptions.TrimEntries).FirstOrDefault(static part => part.StartsWith("F=", StringComparison.Ordinal)) ?? "";
        into.Add("smtpd_milters", milter);
        into.Set("milter_default_action", flags.Contains('R') ? "reject" : flags.Contains('T') ? "tempfail" : "accept");
    }
}
