using System.Text;

namespace Mta.EndToEnd;

/// <summary>
/// A private instance of ours: configuration, spool and mailboxes in a directory of its own, started and stopped by
/// the <c>postfix</c> command. Run by root, an unprivileged instance runs as the account nobody.
/// </summary>
internal sealed class Instance : IDisposable
{
    public Instance(bool privileged = false, string? relay = null)
    {
        IsPrivileged = privileged;
        Directory = System.IO.Directory.CreateTempSubdirectory("mta-test-").FullName;
        SmtpPort = Ports.Free();
        string owner = privileged ? "postfix" : AsNobody ? "nobody" : Environment.UserName;
        string group = privileged ? "postdrop" : Shell.Bash($"id -gn {owner}").Output.Trim();
        foreach (string name in (string[])["etc", "spool", "data", "mail"])
        {
            System.IO.Directory.CreateDirectory(Path.Combine(Directory, name));
        }

        if (privileged)
        {
            // The set-gid bits belong to this instance: its commands are its own.
            Shell.Bash($"mkdir {Commands} && cd {Commands} && ln -s {Repository.Build}/sbin/* . && for launcher in postdrop postqueue postlog; do cp --remove-destination {Repository.Build}/sbin/$launcher . && chgrp postdrop $launcher && chmod 2755 $launcher; done").MustSucceed();
        }

        Main = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["compatibility_level"] = "3.6",
            ["queue_directory"] = Spool,
            ["data_directory"] = Path.Combine(Directory, "data"),
            ["command_directory"] = Commands,
            ["daemon_directory"] = Path.Combine(Repository.Build, "libexec"),
            ["sendmail_path"] = Command("sendmail"),
            ["newaliases_path"] = Command("newaliases"),
            ["mailq_path"] = Command("mailq"),
            ["mail_owner"] = owner,
            ["setgid_group"] = group,
            ["maillog_file"] = Path.Combine(Directory, "mail.log"),
            ["maillog_file_prefixes"] = Directory,
            ["myhostname"] = "mta.example.test",
            ["mydomain"] = "example.test",
            ["mydestination"] = "$myhostname, localhost, example.test",
            ["mynetworks"] = "127.0.0.0/8 [::1]/128",
            ["inet_interfaces"] = "127.0.0.1",
            ["inet_protocols"] = "ipv4",
            ["alias_maps"] = "",
            ["alias_database"] = "",
            ["local_recipient_maps"] = "unix:passwd.byname $alias_maps",
            ["mail_spool_directory"] = Mail + "/",
            ["relayhost"] = relay is null ? "" : $"[127.0.0.1]:{relay}",
            ["smtpd_client_connection_count_limit"] = "0",
            ["smtpd_client_connection_rate_limit"] = "0",
        };
        MasterCf = File.ReadAllText(Repository.Tool("instance-master.cf"))
            .Replace("smtp         inet", $"127.0.0.1:{SmtpPort} inet", StringComparison.Ordinal);
    }

    public string Directory { get; }

    public string Etc => Path.Combine(Directory, "etc");

    public string Spool => Path.Combine(Directory, "spool");

    public string Mail => Path.Combine(Directory, "mail");

    /// <summary>Where the instance's commands are.</summary>
    public string Commands => IsPrivileged ? Path.Combine(Directory, "sbin") : Path.Combine(Repository.Build, "sbin");

    public string Command(string name) => Path.Combine(Commands, name);

    public int SmtpPort { get; }

    public bool IsPrivileged { get; }

    public IDictionary<string, string> Main { get; }

    public string MasterCf { get; set; }

    /// <summary>What stands before the commands that are run, the start among them; see <see cref="LocalZone.Around"/>.</summary>
    public IReadOnlyList<string> Around { get; set; } = [];

    /// <summary>
    /// Lets programs that the instance starts see its configuration as /etc/postfix, as on a site of its own: a set-gid
    /// command takes no other from them.
    /// </summary>
    public void TakeSystemPlace()
    {
        IsInSystemPlace = true;
        Around = [.. Around, "/usr/bin/unshare", "-m", "/bin/sh", "-c", $"mount --bind {Etc} /etc/postfix && exec \"$@\"", "sh"];
    }

    /// <summary>A user whose mail the instance delivers.</summary>
    public string User => IsPrivileged || Shell.IsRoot ? "nobody" : Environment.UserName;

    public string Log => File.Exists(Path.Combine(Directory, "mail.log")) ? File.ReadAllText(Path.Combine(Directory, "mail.log"), Encoding.Latin1) : "";

    private bool IsInSystemPlace { get; set; }

    private bool AsNobody => Shell.IsRoot && !IsPrivileged;

    public Instance Start()
    {
        WriteConfiguration();
        if (AsNobody)
        {
            Shell.Bash($"chown -R nobody: {Directory}").MustSucceed();
        }
        else if (IsPrivileged)
        {
            Shell.Bash($"chmod 755 {Directory}; chown postfix {Directory}/data; chmod 1777 {Mail}").MustSucceed();
        }

        Outcome outcome = Postfix("start");
        Assert.True(outcome.ExitCode == 0, outcome.All + Log);
        return this;
    }

    public void WriteConfiguration()
    {
        File.WriteAllLines(Path.Combine(Etc, "main.cf"), Main.Select(setting => $"{setting.Key} = {setting.Value}"));
        File.WriteAllText(Path.Combine(Etc, "master.cf"), MasterCf);
    }

    public Outcome Postfix(params string[] arguments) => Run("postfix", [.. IsInSystemPlace ? (string[])[] : ["-c", Etc], .. arguments]);

    /// <summary>Runs one of our commands as the instance's user.</summary>
    public Outcome Run(string command, string[] arguments, string? input = null, int seconds = 90)
    {
        string[] line = [.. Around, .. AsNobody ? (string[])["/usr/bin/setpriv", "--reuid=nobody", $"--regid={Main["setgid_group"]}", "--clear-groups"] : [], Command(command), .. arguments];
        return Shell.Run(line[0], line[1..], input, seconds);
    }

    public Outcome Sendmail(string content, params string[] arguments) => Run("sendmail", ["-C", Etc, .. arguments], content);

    public SmtpClient Connect() => new(SmtpPort);

    /// <summary>Sends one message by SMTP and returns its queue id.</summary>
    public string Send(string sender, string recipient, string content)
    {
        using SmtpClient client = Connect();
        client.Command("EHLO test.example", "250");
        string reply = client.SendMessage(sender, [recipient], content);
        Assert.StartsWith("250 2.0.0 Ok: queued as ", reply, StringComparison.Ordinal);
        client.Command("QUIT", "221");
        return reply["250 2.0.0 Ok: queued as ".Length..];
    }

    /// <summary>Text of the message in the user's maildir that holds the token.</summary>
    public string? FindMail(string user, string token)
    {
        string box = Path.Combine(Mail, user, "new");
        if (!System.IO.Directory.Exists(box))
        {
            return null;
        }

        foreach (string file in System.IO.Directory.GetFiles(box))
        {
            string text = File.ReadAllText(file, Encoding.Latin1);
            if (text.Contains(token, StringComparison.Ordinal))
            {
                return text;
            }
        }

        return null;
    }

    public string WaitForMail(string user, string token) =>
        Wait.For(() => FindMail(user, token), $"mail {token} for {user}", () => Log);

    public void WaitForLog(string text, int seconds = 30) =>
        Wait.Until(() => Log.Contains(text, StringComparison.Ordinal), $"in the log: {text}", () => Log, seconds);

    public void WaitForEmptyQueue(int seconds = 30) =>
        Wait.Until(() => QueueFiles().Length == 0, "an empty queue", () => string.Join('\n', QueueFiles()) + "\n" + Log, seconds);

    /// <summary>Message files in all queues.</summary>
    public string[] QueueFiles() =>
        [.. ((string[])["maildrop", "incoming", "active", "deferred", "hold", "corrupt"])
            .Select(queue => Path.Combine(Spool, queue))
            .Where(System.IO.Directory.Exists)
            .SelectMany(queue => System.IO.Directory.GetFiles(queue, "*", SearchOption.AllDirectories))];

    public bool IsQueued(string queue, string id) =>
        QueueFiles().Any(file => file.Contains($"/{queue}/", StringComparison.Ordinal) && Path.GetFileName(file) == id);

    public int MasterPid => ProcessTable.PidIn(Path.Combine(Spool, "pid/master.pid"));

    /// <summary>Programs (as /proc/PID/exe says) of the master and its children.</summary>
    public IReadOnlyList<(int Pid, string Program)> Processes() => ProcessTable.OfMaster(MasterPid);

    public void Dispose()
    {
        try
        {
            Postfix("stop");
        }
        finally
        {
            Shell.Bash($"rm -rf {Directory}");
        }

    }
}
