using System.Diagnostics;
using Mta.Config;

namespace Mta.Postconf.Tests;

/// <summary>Runs only where Postfix is installed; elsewhere it is skipped, and says so.</summary>
public sealed class PostfixFactAttribute : FactAttribute
{
    public const string Path = "/usr/sbin/postconf";

    public PostfixFactAttribute() => Skip = File.Exists(Path) ? null : $"SKIPPED: {Path} is not installed, so the defaults were not compared with Postfix's";
}

public sealed class DefaultsAgainstPostfixTests
{
    // Run-time values, and the changed defaults of docs/COMPATIBILITY.md.
    private static readonly HashSet<string> Different = ["process_id", "process_name", "mail_name", "smtpd_forbid_bare_newline", "smtpd_forbid_unauth_pipelining"];

    [PostfixFact]
    public async Task Defaults_are_those_of_postfix()
    {
        using Process process = Process.Start(new ProcessStartInfo(PostfixFactAttribute.Path, "-d") { RedirectStandardOutput = true })!;
        string theirs = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Configuration configuration = Configuration.FromText("");
        List<string> differences = [];
        foreach (string line in theirs.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = line.IndexOf(" =", StringComparison.Ordinal);
            string name = line[..equals];

            // A service's own names come from whatever master.cf is installed here.
            if (Different.Contains(name) || (ParameterRegistry.Find(name) is null && ServiceParameters.DefaultFor(name) is not null))
            {
                continue;
            }

            string value = line[(equals + 2)..].Trim();
            string? ours = ParameterRegistry.Find(name)?.DefaultFor(configuration);
            string shown = string.Join(' ', (ours ?? "(not declared)").Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries));
            if (shown != value)
            {
                differences.Add($"{name}: got {shown}, want {value}");
            }
        }

        Assert.Empty(differences);
    }
}
