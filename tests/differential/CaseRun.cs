using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Mta.Differential;

/// <summary>Runs a case on one side and tells what happened, as text.</summary>
internal static class CaseRun
{
    private static int _number;

    /// <summary>A directory for a case, not yet made; used by one side after the other.</summary>
    public static string NewDirectory() => $"{Side.RunDirectory}/{Interlocked.Increment(ref _number)}";

    public static string Outcome(DifferentialCase made, Side side, string directory)
    {
        using var sandbox = new Sandbox(made, side, directory);
        foreach (SetupStep step in made.Setup.Where(static step => step.IsShell))
        {
            (int code, string output, string error) = Shell(made, side, sandbox, sandbox.Fill(step.Content), asUser: false, "");
            Assert.True(code == 0, $"{made.Source}: setup failed on {side.Name}: exit {code}\n{output}{error}");
        }

        using LogRecorder? log = made.HasLog && !made.IsStarted ? new LogRecorder(sandbox.In("spool/public/postlog")) : null;
        List<(string Path, ServiceRecorder Recorder)> services = [.. made.Services.Select(service => (service.Path, new ServiceRecorder(sandbox.In("spool/" + service.Path), sandbox.Fill(service.Answer))))];
        try
        {
            return Normalise(Text(made, side, sandbox, log, services), made, side, sandbox);
        }
        finally
        {
            services.ForEach(static service => service.Recorder.Dispose());
            StartedMaster.Stop(sandbox.In("spool/pid/master.pid"));
        }
    }

    private static string Text(DifferentialCase made, Side side, Sandbox sandbox, LogRecorder? log, List<(string Path, ServiceRecorder Recorder)> services)
    {
        string stop = $"postfix -c {sandbox.Path}/etc stop >/dev/null 2>&1";
        if (made.IsStarted)
        {
            (int started, string startOutput, string startError) = Shell(made, side, sandbox, $"postfix -c {sandbox.Path}/etc start", asUser: false, "");
            Assert.True(started == 0, $"{made.Source}: {side.Name} did not start: {startOutput}{startError}");
        }

        try
        {
            var text = new StringBuilder();
            (int code, string output, string error) = Shell(made, side, sandbox, sandbox.Fill(made.Run), asUser: true, sandbox.Fill(made.Input));
            text.Append(CultureInfo.InvariantCulture, $"exit {code}\n");
            Section(text, "stdout", output);
            Section(text, "stderr", error);
            if (log is not null)
            {
                // The time and the process are those of this run.
                string lines = Regex.Replace(log.Read(), @"^(\w{3} [ \d]\d \d\d:\d\d:\d\d \S+ )?(\S+)\[\d+\]: ", "$2: ", RegexOptions.Multiline);
                Section(text, "log", lines);
            }

            foreach ((string path, ServiceRecorder recorder) in services)
            {
                Section(text, path, recorder.Read().Replace("\0", "\\0", StringComparison.Ordinal));
            }

            if (made.Look.Length > 0)
            {
                (_, output, error) = Shell(made, side, sandbox, sandbox.Fill(made.Look), asUser: false, "");
                Section(text, "look", output + error);
            }

            return text.ToString();
        }
        finally
        {
            if (made.IsStarted)
            {
                Shell(made, side, sandbox, stop, asUser: false, "");
            }
        }
    }

    private static void Section(StringBuilder text, string name, string content)
    {
        if (content.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}:\n").Append(Escapes.Encode(content));
            if (content[^1] != '\n')
            {
                text.Append("(no line end)\n");
            }
        }
    }

    private static string Normalise(string text, DifferentialCase made, Side side, Sandbox sandbox)
    {
        text = text
            .Replace(sandbox.Path, "{dir}", StringComparison.Ordinal)
            .Replace(side.Commands + "/", "{commands}/", StringComparison.Ordinal)
            .Replace(side.Daemons + "/", "{daemons}/", StringComparison.Ordinal);
        foreach ((string pattern, string replacement) in made.Normalisations)
        {
            text = Regex.Replace(text, pattern, replacement, RegexOptions.Multiline);
        }

        return text;
    }

    private static (int Code, string Output, string Error) Shell(DifferentialCase made, Side side, Sandbox sandbox, string script, bool asUser, string input)
    {
        string[] user = asUser && made.User.Length > 0 ? ["/usr/bin/setpriv", $"--reuid={made.User}", $"--regid={made.User}", "--init-groups"] : [];
        string[] words = [.. user, "/bin/bash", "-c", script];
        if (made.User == "nobody" && asUser)
        {
            words[2] = "--regid=nogroup";
            words[3] = "--clear-groups";
        }

        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.Latin1,
            StandardErrorEncoding = Encoding.Latin1,
            StandardInputEncoding = Encoding.Latin1,
            WorkingDirectory = sandbox.Path,
        };
        SetEnvironment(start, made, side, sandbox);
        using Process process = Process.Start(start)!; // started or thrown
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The command did not want its input; its exit code tells why.
        }

        if (!process.WaitForExit(made.Seconds * 1000))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{made.Source}: {side.Name} did not end within {made.Seconds} s: {script}");
        }

        // A daemon that was started may hold the pipes.
        Task.WaitAll([output, error], made.IsStarted ? 2000 : 20_000);
        return (process.ExitCode, output.IsCompleted ? output.Result : "", error.IsCompleted ? error.Result : "");
    }

    private static void SetEnvironment(ProcessStartInfo start, DifferentialCase made, Side side, Sandbox sandbox)
    {
        foreach (string name in start.Environment.Keys.Where(static name => !name.StartsWith("DOTNET_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["PATH"] = $"{side.Commands}:/usr/bin:/bin";
        start.Environment["TZ"] = "UTC";
        start.Environment["LC_ALL"] = "C";
        start.Environment["HOME"] = "/";
        start.Environment["MAIL_CONFIG"] = sandbox.In("etc");
        foreach (string setting in made.Environment)
        {
            int equals = setting.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? setting : setting[..equals];
            if (equals < 0)
            {
                start.Environment.Remove(name);
            }
            else
            {
                start.Environment[name] = sandbox.Fill(setting[(equals + 1)..]);
            }
        }
    }
}
