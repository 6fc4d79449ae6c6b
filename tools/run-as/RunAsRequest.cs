using Mta.Linux;

namespace Mta.RunAs;

/// <summary>
/// The command line: <c>run-as [--report] [--chroot=ROOT] UID GID GROUPS DIRECTORY LIMITS COMMAND [ARGUMENT ...]</c>. Numbers only; nothing is
/// looked up here.
/// </summary>
internal sealed record RunAsRequest
{
    public const string Usage = "usage: run-as [--report] [--chroot=directory] uid gid group,group,...|- directory|- name=soft[:hard],...|- command [argument ...]";

    private const string ReportOption = "--report";
    private const string ChrootOption = "--chroot=";

    private static readonly (string Name, ResourceLimit Resource)[] Resources =
    [
        ("cpu", ResourceLimit.CpuSeconds),
        ("fsize", ResourceLimit.FileSize),
        ("core", ResourceLimit.CoreSize),
        ("nofile", ResourceLimit.OpenFiles),
        ("as", ResourceLimit.AddressSpace),
    ];

    /// <summary>Why the command is not executed is for descriptor 3, a pipe of the caller, instead of stderr.</summary>
    public bool Reports { get; init; }

    /// <summary>The command's root directory; empty for the caller's own.</summary>
    public string Root { get; init; } = "";

    public required uint User { get; init; }

    public required uint Group { get; init; }

    /// <summary>Supplementary groups; empty is none.</summary>
    public required uint[] Groups { get; init; }

    /// <summary><c>-</c> or nothing stays where the caller is.</summary>
    public required string Directory { get; init; }

    public required IReadOnlyList<(ResourceLimit Resource, ulong Soft, ulong Hard)> Limits { get; init; }

    /// <summary>The argument vector; its first word is a path, or a name to look for in PATH.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <returns>Null, and the error, when the command line is wrong.</returns>
    public static RunAsRequest? Parse(IReadOnlyList<string> arguments, out string error)
    {
        error = Usage;
        bool reports = arguments.Count > 0 && arguments[0] == ReportOption;
        if (reports)
        {
            arguments = [.. arguments.Skip(1)];
        }

        string root = "";
        if (arguments.Count > 0 && arguments[0].StartsWith(ChrootOption, StringComparison.Ordinal))
        {
            root = arguments[0][ChrootOption.Length..];
            arguments = [.. arguments.Skip(1)];
            if (!root.StartsWith('/'))
            {
                error = "a root directory that is not absolute";
                return null;
            }
        }

        if (arguments.Count < 6)
        {
            return null;
        }

        // The user root is refused whatever the caller thinks: no command runs as root.
        if (!TryId(arguments[0], out uint user) || user == 0 || !TryId(arguments[1], out uint group))
        {
            error = "bad user or group";
            return null;
        }

        var groups = new List<uint>();
        foreach (string word in Words(arguments[2]))
        {
            if (!TryId(word, out uint id))
            {
                error = "bad supplementary group";
                return null;
            }

            groups.Add(id);
        }

        var limits = new List<(ResourceLimit, ulong, ulong)>();
        foreach (string word in Words(arguments[4]))
        {
            if (!TryLimit(word, out (ResourceLimit, ulong, ulong) limit))
            {
                error = "bad limit";
                return null;
            }

            limits.Add(limit);
        }

        if (arguments[5].Length == 0 || (arguments[3] is not ("-" or "") && !arguments[3].StartsWith('/')))
        {
            error = "no command, or a directory that is not absolute";
            return null;
        }

        return new RunAsRequest
        {
            Reports = reports,
            Root = root,
            User = user,
            Group = group,
            Groups = [.. groups],
            Directory = arguments[3],
            Limits = limits,
            Command = [.. arguments.Skip(5)],
        };
    }

    private static string[] Words(string list) => list is "-" or "" ? [] : list.Split(',');

    private static bool TryLimit(string word, out (ResourceLimit, ulong, ulong) limit)
    {
        limit = default;
        int equals = word.IndexOf('=');
        int index = equals < 0 ? -1 : Array.FindIndex(Resources, r => r.Name == word[..equals]);
        if (index < 0)
        {
            return false;
        }

        string[] values = word[(equals + 1)..].Split(':');
        if (values.Length > 2 || !TryValue(values[0], out ulong soft) || !TryValue(values[^1], out ulong hard) || soft > hard)
        {
            return false;
        }

        limit = (Resources[index].Resource, soft, hard);
        return true;
    }

    private static bool TryValue(string text, out ulong value)
    {
        value = Posix.Unlimited;
        return text == "unlimited" || (IsDigits(text) && ulong.TryParse(text, out value));
    }

    private static bool TryId(string text, out uint id)
    {
        id = 0;
        return IsDigits(text) && uint.TryParse(text, out id) && id != uint.MaxValue;
    }

    private static bool IsDigits(string text) => text.Length > 0 && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;
}
