using System.Diagnostics;

namespace Mta.Differential;

/// <summary>One of the two mail systems: where its commands and its daemons are.</summary>
internal sealed record Side(string Name, string Commands, string Daemons)
{
    private static readonly Lazy<string> Run = new(static () =>
    {
        string directory = Directory.CreateTempSubdirectory("mta-diff-").FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)0x1ED);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, recursive: true);
        return directory;
    });

    public static Side Postfix { get; } = new("Postfix", "/usr/sbin", "/usr/lib/postfix/sbin");

    /// <summary>Ours, with the set-gid commands in a directory of this run, for the bits belong to an installation.</summary>
    public static Side Ours { get; } = new("Mta", InstallCommands(), Path.Combine(Repository.Build, "libexec"));

    /// <summary>Directory of this test run: cases run below it.</summary>
    public static string RunDirectory => Run.Value;

    private static string InstallCommands()
    {
        string directory = Path.Combine(Run.Value, "sbin");
        const string Script = """
            mkdir "$1" && cd "$1" && ln -s "$2"/sbin/* . || exit
            for launcher in postdrop postqueue postlog; do
                cp --remove-destination "$2/sbin/$launcher" . && chgrp postdrop $launcher && chmod 2755 $launcher || exit
            done
            """;
        using Process process = Process.Start("/bin/bash", ["-c", Script, "install", directory, Repository.Build]);
        process.WaitForExit();
        return process.ExitCode == 0 ? directory : throw new InvalidOperationException($"no programs in {Repository.Build}: run ./build.sh first");
    }
}
