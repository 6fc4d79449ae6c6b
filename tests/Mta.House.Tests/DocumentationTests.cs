using System.Diagnostics;
using Mta.Config;

namespace Mta.House.Tests;

/// <summary>Manual pages and completion are made from what stands beside each program.</summary>
public sealed class DocumentationTests(DocumentationTests.Made made) : IClassFixture<DocumentationTests.Made>
{
    private static readonly string[] Commands =
    [
        "postalias", "postcat", "postconf", "postdrop", "postfix", "postkick", "postlock", "postlog", "postmap", "postmulti",
        "postqueue", "postsuper", "posttls-finger", "qshape", "sendmail",
    ];

    private readonly string _directory = made.Folder;

    [Fact]
    public void Every_command_has_help_a_manual_page_and_completion()
    {
        foreach (string command in (string[])[.. Commands, "mailq", "newaliases"])
        {
            Assert.True(new FileInfo($"{_directory}/share/man/man1/{command}.1").Length > 0, command);
            string completion = File.ReadAllText($"{_directory}/share/bash-completion/completions/{command}");
            Assert.Contains("--help", completion, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_daemon_has_a_manual_page()
    {
        foreach (string project in Directory.GetDirectories(Repository.Root).SelectMany(static folder => Directory.GetFiles(folder, "*.csproj")))
        {
            string name = Path.GetFileNameWithoutExtension(project);
            Assert.True(File.Exists($"{_directory}/share/man/man8/{name}.8") || File.Exists($"{_directory}/share/man/man1/{name}.1"), $"{name} has no README.md");
        }
    }

    [Fact]
    public void Manual_pages_begin_with_a_title_and_a_name_and_have_no_unknown_requests()
    {
        foreach (string page in Directory.GetFiles($"{_directory}/share/man", "*", SearchOption.AllDirectories))
        {
            string[] lines = File.ReadAllLines(page);
            if (lines is [var only] && only.StartsWith(".so ", StringComparison.Ordinal))
            {
                continue;
            }

            Assert.StartsWith($".TH {Path.GetFileNameWithoutExtension(page).ToUpperInvariant()} ", lines[0], StringComparison.Ordinal);
            Assert.Contains(".SH \"NAME\"", lines);
            foreach (string line in lines.Where(static line => line.StartsWith('.')))
            {
                Assert.Contains(line.Split(' ')[0], (string[])[".TH", ".SH", ".SS", ".PP", ".TP", ".IP", ".EX", ".EE", ".in", ".nh", ".ad"]);
            }
        }
    }

    [Fact]
    public void Every_parameter_is_in_the_index_with_its_meaning()
    {
        string[] lines = File.ReadAllLines($"{_directory}/share/man/man5/postconf.5");
        List<string> missing = [];
        foreach (Parameter parameter in ParameterRegistry.All.Where(static parameter => !parameter.IsLegacy))
        {
            int at = Array.FindIndex(lines, line => line.StartsWith($"\\fB{parameter.Name.Replace("-", "\\-", StringComparison.Ordinal)}\\fR (", StringComparison.Ordinal));
            if (at < 0 || lines[at + 1].Length < 10)
            {
                missing.Add(parameter.Name);
            }
        }

        Assert.Equal([], missing);
    }

    [Theory]
    [InlineData("access")]
    [InlineData("aliases")]
    [InlineData("body_checks")]
    [InlineData("bounce")]
    [InlineData("canonical")]
    [InlineData("cidr_table")]
    [InlineData("generic")]
    [InlineData("header_checks")]
    [InlineData("ldap_table")]
    [InlineData("lmdb_table")]
    [InlineData("master")]
    [InlineData("memcache_table")]
    [InlineData("mysql_table")]
    [InlineData("pcre_table")]
    [InlineData("pgsql_table")]
    [InlineData("regexp_table")]
    [InlineData("relocated")]
    [InlineData("socketmap_table")]
    [InlineData("sqlite_table")]
    [InlineData("tcp_table")]
    [InlineData("transport")]
    [InlineData("virtual")]
    public void Every_kind_of_table_has_a_manual_page(string name) =>
        Assert.True(new FileInfo($"{_directory}/share/man/man5/{name}.5").Length > 0);

    [Theory]
    [InlineData("postqueue", "postqueue --ex", "--explain")]
    [InlineData("postfix", "postfix sta", "start start-fg status")]
    [InlineData("postsuper", "postsuper --dry", "--dry-run")]
    public void Bash_completes_options_and_words(string command, string typed, string expected)
    {
        string[] words = typed.Split(' ');
        string script = $"source {_directory}/share/bash-completion/completions/{command}; COMP_WORDS=({typed}); COMP_CWORD={words.Length - 1}; _mta_{command}; echo \"${{COMPREPLY[*]}}\"";
        Assert.Equal(expected, Run("bash", "-c", script).TrimEnd());
    }

    private static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program.Contains('/') ? Path.Combine(Repository.Root, program) : program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!; // started, or an exception
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error.Result);
        return output;
    }

    public sealed class Made : IDisposable
    {
        public Made() => Run("tools/documentation/install", Folder);

        public string Folder { get; } = Directory.CreateTempSubdirectory("mta-documentation-").FullName;

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}
