using System.Diagnostics;

namespace Mta.Postfix.Tests;

/// <summary>The launcher is compiled here with a harmless target.</summary>
public sealed class LauncherTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mta").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static string Source()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "tools/launcher/launcher.c")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("launcher.c not found");
        }

        return Path.Combine(folder, "tools/launcher/launcher.c");
    }

    private string Build(string target)
    {
        string program = $"{_directory}/launcher";
        using Process compiler = Process.Start("cc", ["-O1", "-Wall", "-Wextra", "-Werror", $"-DTARGET=\"{target}\"", "-DNAME=\"postdrop\"", "-o", program, Source()]);
        compiler.WaitForExit();
        Assert.Equal(0, compiler.ExitCode);
        return program;
    }

    private static string Run(string program, Action<ProcessStartInfo> set, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        set(start);
        using Process process = Process.Start(start)!; // started, or an exception
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output + process.StandardError.ReadToEnd();
    }

    [Fact]
    public void Only_seven_variables_pass_and_only_when_printable_and_short()
    {
        string program = Build("/usr/bin/env");
        string output = Run(program, start =>
        {
            start.Environment["MAIL_CONFIG"] = "/etc/other";
            start.Environment["MAIL_LOGTAG"] = "a\tb";
            start.Environment["LANG"] = new string('x', 300);
            start.Environment["TZ"] = "Europe/Vienna";
            start.Environment["NO_COLOR"] = "1";
            start.Environment["TERM"] = "../../tmp/mine";
            start.Environment["DOTNET_DbgEnableMiniDump"] = "1";
            start.Environment["LD_PRELOAD"] = "";
            start.Environment["PATH"] = "/tmp";
        });
        Assert.Equal("MAIL_CONFIG=/etc/other\nTZ=Europe/Vienna\nNO_COLOR=1\n", output);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData(":/etc/passwd")]
    [InlineData("../../etc/passwd")]
    public void A_time_zone_is_a_name_and_not_a_path(string zone)
    {
        Assert.Equal("", Run(Build("/usr/bin/env"), start => start.Environment["TZ"] = zone));
    }

    [Fact]
    public void The_directory_is_the_root_and_limits_are_sane()
    {
        string output = Run(Build("/bin/sh"), start => start.WorkingDirectory = _directory, "-c", "pwd; ulimit -c; ulimit -f; echo $0");
        Assert.Equal("/\n0\nunlimited\npostdrop\n", output);
    }

    [Fact]
    public void A_target_that_is_missing_is_named()
    {
        Assert.Equal("postdrop: fatal: launcher: cannot execute /no/such\n", Run(Build("/no/such"), _ => { }));
    }

    [Fact]
    public void It_stays_below_a_hundred_lines()
    {
        Assert.InRange(File.ReadAllLines(Source()).Length, 1, 99);
    }
}
