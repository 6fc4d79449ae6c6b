using System.Diagnostics;
using System.Text;

namespace Mta.EndToEnd;

/// <summary>What a finished command said.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error)
{
    public string All => $"exit {ExitCode}\n{Output}{Error}";

    public Outcome MustSucceed()
    {
        Assert.True(ExitCode == 0, All);
        return this;
    }
}

/// <summary>Runs commands, always with a limit on their time.</summary>
internal static class Shell
{
    public static Outcome Run(string program, IEnumerable<string> arguments, string? input = null, int seconds = 60, string? directory = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.Latin1,
            StandardErrorEncoding = Encoding.Latin1,
            StandardInputEncoding = Encoding.Latin1,
            WorkingDirectory = directory ?? "/",
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        try
        {
            process.StandardInput.Write(input ?? "");
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The command did not want its input; its exit code tells why.
        }

        if (!process.WaitForExit(seconds * 1000))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within {seconds} s");
        }

        // A daemon that was started may hold the pipes: what came until now is what the command said.
        Task.WaitAll([output, error], 2000);
        return new Outcome(process.ExitCode, output.IsCompleted ? output.Result : "", error.IsCompleted ? error.Result : "");
    }

    public static Outcome Bash(string script, int seconds = 60) => Run("/bin/bash", ["-c", script], seconds: seconds);

    public static bool IsRoot { get; } = Environment.UserName == "root";
}
