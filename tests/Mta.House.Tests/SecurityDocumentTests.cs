using System.Text.RegularExpressions;
using Mta.Service.Sandbox;

namespace Mta.House.Tests;

/// <summary>
/// docs/SECURITY.md says of each process what it is and what it may do: its rows are what the programs declare, what
/// master.cf as shipped asks for, and what the sandbox's table permits. D12 and D14 of the attack suite hold the same rows
/// against running processes.
/// </summary>
public sealed partial class SecurityDocumentTests
{
    private const string NotShipped = "(off as shipped)";
    private static readonly string[] NoDaemons = ["master", "postdrop", "postqueue", "postlog"];
    private static readonly string[][] Rows = [.. File.ReadLines(Path.Combine(Repository.Root, "docs/SECURITY.md"))
        .Where(static line => line.StartsWith("| `", StringComparison.Ordinal))
        .Select(static line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))];

    // Program, its row in the table of processes.
    private static readonly (string Program, string[] Row)[] Processes = Named(6);

    // The entries of master.cf as shipped: those that are switched off begin with #.
    private static readonly (string Program, bool IsOn, bool IsPrivileged)[] Services = [.. File.ReadLines(Path.Combine(Repository.Root, "conf/master.cf"))
        .Select(static line => Entry().Match(line))
        .Where(static entry => entry.Success)
        .Select(static entry => (entry.Groups["command"].Value, !entry.Value.StartsWith('#'), entry.Groups["unprivileged"].Value == "n"))];

    [Fact]
    public void Every_process_has_one_row()
    {
        string[] programs = [.. Directory.GetFiles(Repository.Root, "Program.cs", SearchOption.AllDirectories)
            .Where(static file => Path.GetDirectoryName(Path.GetDirectoryName(file)) == Repository.Root && IsDaemon(file))
            .Select(static file => Path.GetFileName(Path.GetDirectoryName(file))!)];
        Assert.True(programs.Length > 15, $"only {programs.Length} daemons were found");
        string[] expected = [.. programs, "lmtp", .. NoDaemons];
        Assert.Equal(expected.Order(StringComparer.Ordinal), Processes.Select(static process => process.Program).Order(StringComparer.Ordinal));
        Assert.Empty(Services.Select(static service => service.Program).Except(expected));
    }

    [Fact]
    public void A_root_parent_is_one_that_its_program_and_master_cf_leave_its_privileges()
    {
        List<string> wrong = [];
        foreach ((string program, string[] row) in Processes.Where(static process => !NoDaemons.Contains(process.Program)))
        {
            bool isParent = row[1].StartsWith("root parent", StringComparison.Ordinal);
            string source = File.ReadAllText(Path.Combine(Repository.Root, program == "lmtp" ? "smtp" : program, "Program.cs"));
            if (!isParent && row[1] != "owner")
            {
                wrong.Add($"{program}: the user is {row[1]}");
            }

            if (source.Contains(".RequiresPrivileges()", StringComparison.Ordinal) != isParent)
            {
                wrong.Add($"{program}: its program declares something else than {row[1]}");
            }

            wrong.AddRange(Services.Where(service => service.Program == program && service.IsPrivileged != isParent).Select(_ => $"{program}: master.cf says something else than {row[1]}"));
            if (isParent == row[2].StartsWith("yes", StringComparison.Ordinal))
            {
                wrong.Add($"{program}: {row[1]}, and its root may be the queue directory: {row[2]}");
            }
        }

        Assert.Equal([], wrong);
    }

    [Fact]
    public void What_is_off_as_shipped_has_no_entry_in_master_cf_that_is_on()
    {
        foreach ((string program, string[] row) in Processes.Where(static process => !NoDaemons.Contains(process.Program)))
        {
            bool isOn = Services.Any(service => service.Program == program && service.IsOn);
            Assert.True(isOn != row[0].Contains(NotShipped, StringComparison.Ordinal), $"{program}: {row[0]}, in master.cf {(isOn ? "on" : "off")}");
        }
    }

    [Fact]
    public void The_sandboxs_rows_are_its_table()
    {
        (string Program, string[] Row)[] rows = Named(4);
        List<string> wrong = [];
        Assert.Empty(SandboxKind.All.Keys.Except(rows.Select(static row => row.Program)));
        foreach (SandboxKind kind in SandboxKind.All.Values)
        {
            string[] row = rows.First(row => row.Program == kind.Program).Row;
            if (kind.IsFree)
            {
                Check(kind, "not confined", row[1].StartsWith("not confined", StringComparison.Ordinal));
                continue;
            }

            bool writesFiles = kind.Caches.Count > 0 || kind.WritesMailboxes || kind.WritesLog;
            Check(kind, "writes", writesFiles ? !row[1].Contains("nothing", StringComparison.Ordinal) : Words(row[1]).SetEquals(kind.Writes));
            Check(kind, "marks recipients in", Words(row[2]).SetEquals(kind.Changes) || kind.Changes.Count == 0);
            Check(kind, "marks recipients", row[2].Contains("marks recipients", StringComparison.Ordinal) == kind.Changes.Count > 0);
            Check(kind, "reads", kind.Reads.Count == 0 || Words(row[2]).SetEquals(kind.Reads));
            Check(kind, "connects to", row[3].StartsWith(kind.Reach switch { SandboxReach.Local => "local sockets", SandboxReach.Named => "name servers, servers that are named", _ => "any port" }, StringComparison.Ordinal));
        }

        Assert.Equal([], wrong);

        void Check(SandboxKind kind, string what, bool isRight)
        {
            if (!isRight)
            {
                wrong.Add($"{kind.Program}: {what}");
            }
        }
    }

    private static (string, string[])[] Named(int columns) =>
        [.. Rows.Where(row => row.Length == columns).SelectMany(static row => Name().Matches(row[0]).Select(name => (name.Groups[1].Value, row)))];

    // The names of queues that a cell begins with: `one two`.
    private static HashSet<string> Words(string cell) =>
        Quoted().Match(cell) is { Success: true } quoted ? [.. quoted.Groups[1].Value.Split(' ')] : [];

    private static bool IsDaemon(string file) => File.ReadAllText(file).Contains("await Daemon.", StringComparison.Ordinal);

    [GeneratedRegex("`([a-z-]+)`")]
    private static partial Regex Name();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^#?\S+\s+(inet|unix|unix-dgram|pass)\s+[yn-]\s+(?<unprivileged>[yn-])\s+[yn-]\s+\S+\s+\S+\s+(?<command>\S+)")]
    private static partial Regex Entry();
}
