using Mta.Linux;
using Mta.Tables;

namespace Mta.Delivery;

/// <summary>The part of a command's environment that the mail system's own environment gives: <c>export_environment</c>.</summary>
public static class ExportedEnvironment
{
    /// <summary>Where commands are looked for.</summary>
    public const string Path = "/usr/bin:/bin";

    /// <summary><c>NAME=value</c> for each variable that has a value, and <c>PATH</c>.</summary>
    /// <param name="list">Names to pass on, and assignments <c>name=value</c> or <c>{name = value}</c>.</param>
    public static List<string> Build(string list)
    {
        List<string> environment = [];
        foreach (string entry in TableListSyntax.Split(list))
        {
            string assignment = entry.StartsWith('{') && entry.EndsWith('}') ? entry[1..^1] : entry;
            int equals = assignment.IndexOf('=', StringComparison.Ordinal);
            if (equals >= 0)
            {
                string name = assignment[..equals].Trim();
                environment.RemoveAll(known => known.StartsWith($"{name}=", StringComparison.Ordinal));
                environment.Add($"{name}={assignment[(equals + 1)..].Trim()}");
            }
            else if (Posix.EnvironmentVariable(entry) is { } value)
            {
                environment.RemoveAll(known => known.StartsWith($"{entry}=", StringComparison.Ordinal));
                environment.Add($"{entry}={value}");
            }
        }

        environment.RemoveAll(static known => known.StartsWith("PATH=", StringComparison.Ordinal));
        environment.Add($"PATH={Path}");
        return environment;
    }
}
