using System.Text;
using Mta.Breakout;
using Mta.Config;
using Mta.Service;

// A daemon that has been taken over: it tries what an intruder would, line by line of the file "attempts" beside main.cf,
// and tells each client what came of it. Started by the master in the place of any daemon, by that daemon's name, it has
// its identity and its sandbox.
return await Daemon.Single(ProgramArguments.ProgramName).ServeAsync(static (client, _) =>
{
    var report = new StringBuilder();
    foreach (string attempt in TextFile.Read($"{client.Context.Configuration.Directory}/attempts").Split('\n', StringSplitOptions.RemoveEmptyEntries))
    {
        report.Append($"{attempt} = {Attempt.Try(attempt)}\n");
    }

    client.Stream.Write(Encoding.Latin1.GetBytes(report.ToString()));
    client.Stream.Flush();
    return Task.CompletedTask;
});
