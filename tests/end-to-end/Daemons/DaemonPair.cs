using System.Net.Sockets;
using System.Text;

namespace Mta.EndToEnd;

/// <summary>
/// One instance of Debian's Postfix whose master runs, for every case file, the same daemon twice: Postfix's and ours,
/// with the same settings. The services' names end in <c>p</c> and <c>m</c>.
/// </summary>
public sealed class DaemonPair : IDisposable
{
    internal const string Sides = "pm";

    private readonly DebianPostfix? _postfix;

    internal ScriptedMilter Milter { get; } = new();

    public DaemonPair()
    {
        if (Peers.WhyNot(root: true, "/usr/sbin/postfix") is not null)
        {
            return;
        }

        Cleanup = CaseFile.LoadAll("cleanup");
        Rewrite = CaseFile.LoadAll("rewrite");
        Notices = CaseFile.LoadAll("notices");
        _postfix = new DebianPostfix(Ports.Free());
        Shell.Bash($"ln -s {Repository.Daemon("cleanup")} {_postfix.Directory}/libexec/mta-cleanup; ln -s {Repository.Daemon("trivial-rewrite")} {_postfix.Directory}/libexec/mta-trivial-rewrite; ln -s {Repository.Daemon("bounce")} {_postfix.Directory}/libexec/mta-bounce").MustSucceed();

        // What comes into incoming/ stays there: nobody wakes the queue manager.
        var services = new StringBuilder(File.ReadAllText($"{_postfix.Etc}/master.cf").TrimEnd('\n')).Append('\n');
        services.Replace("n       -       300     1       qmgr", "n       -       0       1       qmgr").Replace("n - n 300 1 qmgr", "n - n 0 1 qmgr");
        foreach (CaseFile file in Cleanup)
        {
            foreach (char side in Sides)
            {
                Add(services, file, $"w{file.Name}{side}", 'y', "trivial-rewrite", side, "");
                Add(services, file, $"c{file.Name}{side}", 'n', "cleanup", side, $"rewrite_service_name=w{file.Name}{side} queue_service_name=pickup");
            }
        }

        foreach (CaseFile file in Rewrite)
        {
            foreach (char side in Sides)
            {
                Add(services, file, $"r{file.Name}{side}", 'y', "trivial-rewrite", side, "");
            }
        }

        foreach (CaseFile file in Notices)
        {
            foreach (char side in Sides)
            {
                foreach (string kind in (string[])["bounce", "defer", "trace"])
                {
                    Add(services, file, NoticeService(file, kind, side), 'y', "bounce", side, $"bounce_service_name={NoticeService(file, "bounce", side)} defer_service_name={NoticeService(file, "defer", side)} trace_service_name={NoticeService(file, "trace", side)} cleanup_service_name={CaptureService(file, side)}");
                }
            }
        }

        File.WriteAllText($"{_postfix.Etc}/master.cf", services.ToString(), Encoding.Latin1);
        _postfix.Set("in_flow_delay", "0");
        _postfix.Start();
        foreach (CaseFile file in Notices)
        {
            foreach (char side in Sides)
            {
                Shell.Bash(string.Join(" && ", from kind in (string[])["bounce", "defer", "trace"] select $"install -d -o postfix -m 700 {Spool}/{NoticeService(file, kind, side)}")).MustSucceed();
            }
        }
    }

    internal List<CaseFile> Cleanup { get; } = [];

    internal List<CaseFile> Rewrite { get; } = [];

    internal List<CaseFile> Notices { get; } = [];

    internal string Spool => Instance.Spool;

    internal string Log => Instance.Log;

    private DebianPostfix Instance => _postfix ?? throw new InvalidOperationException("no Postfix here");

    internal static string NoticeService(CaseFile file, string kind, char side) => $"{kind}{file.Name}{side}";

    internal static string CaptureService(CaseFile file, char side) => $"capture{file.Name}{side}";

    internal Wire Connect(string folder, string service)
    {
        string path = $"{Spool}/{folder}/{service}";
        Exception? last = null;
        Wire? wire = null;
        Wait.Until(
            () =>
            {
                try
                {
                    wire = new Wire(path);
                    return true;
                }
                catch (SocketException error)
                {
                    last = error;
                    return false;
                }
            },
            $"connection to {path}",
            () => $"{last?.Message}\n{Log}");
        return wire!; // set when the wait ended
    }

    /// <summary>The texts that a service of one side has logged so far, without time and process.</summary>
    internal List<string> LogOf(string syslogName)
    {
        List<string> found = [];
        string mark = $" {syslogName}/";
        foreach (string line in Log.Split('\n'))
        {
            int at = line.IndexOf(mark, StringComparison.Ordinal);
            int text = at < 0 ? -1 : line.IndexOf("]: ", at, StringComparison.Ordinal);
            if (text >= 0)
            {
                found.Add(line[(text + 3)..]);
            }
        }

        return found;
    }

    public void Dispose()
    {
        _postfix?.Dispose();
        Milter.Dispose();
    }

    private void Add(StringBuilder services, CaseFile file, string name, char isPrivate, string program, char side, string more)
    {
        string folder = $"{Instance.Directory}/cases/{file.Name}";
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            foreach ((string fileName, string text) in file.Files)
            {
                File.WriteAllText(Path.Combine(folder, fileName), text.Replace("@DIR@", folder, StringComparison.Ordinal), Encoding.Latin1);
            }
        }

        services.Append($"{name} unix {isPrivate} - n - 0 {(side == 'm' ? "mta-" : "")}{program}\n  -o syslog_name={name}\n");
        foreach (string setting in more.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            services.Append($"  -o {setting}\n");
        }

        foreach ((string setting, string value) in file.Settings)
        {
            services.Append($"  -o {{ {setting} = {value.Replace("@DIR@", folder, StringComparison.Ordinal).Replace("@MILTER@", $"inet:127.0.0.1:{Milter.Port}", StringComparison.Ordinal)} }}\n");
        }
    }
}
