using System.Diagnostics;

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
        foreach (string page in Directory.GetFiles($"{_directory}/share/man", "*.[18]", SearchOption.AllDirectories))
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
