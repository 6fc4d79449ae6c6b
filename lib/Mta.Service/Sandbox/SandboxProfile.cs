using System.Globalization;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Tables;

namespace Mta.Service.Sandbox;

/// <summary>
/// What one service of master.cf may do: its kind's work, and the files and ports that main.cf and the entry's own
/// settings name. Made anew for each start of the master and each reload.
/// </summary>
public sealed class SandboxProfile
{
    /// <summary>Libraries, time zones, certificates of the system, and where the C library looks up names, users and services.</summary>
    public static readonly IReadOnlyList<string> System =
    [
        "/usr", "/lib", "/lib64", "/etc", "/proc", "/sys", "/run/systemd", "/run/resolvconf", "/run/NetworkManager", "/run/nscd",
        "/var/lib/sss", "/var/lib/extrausers", "/var/lib/misc", "/var/cache/nscd", "/nix/store", "/gnu/store", "/dev/urandom", "/dev/random", "/dev/zero",
    ];

    // Copies inside the queue directory for those whose root it is.
    private static readonly string[] Copies = ["etc", "lib", "lib64", "usr", "dev", "run", "var"];

    // Programs that a program's start needs leave to execute.
    private static readonly string[] Loaders =
    [
        "/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/ld-musl-x86_64.so.1", "/lib/ld-musl-aarch64.so.1",
    ];

    private readonly SortedSet<string> _reads = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _writes = new(StringComparer.Ordinal);

    private SandboxProfile(SandboxKind kind, string program)
    {
        Kind = kind;
        Program = program;
    }

    public SandboxKind Kind { get; }

    /// <summary>The program file.</summary>
    public string Program { get; }

    /// <summary>Of those it may read, the ones beyond <see cref="System"/>.</summary>
    public IReadOnlyCollection<string> OwnReads => [.. _reads.Where(static path => !IsBelow(path, System))];

    /// <summary>Files and directories it may read, change, make and remove, all below them included.</summary>
    public IReadOnlyCollection<string> Writes => _writes;

    /// <summary>Directories whose files it may read and change in place, and neither make nor remove.</summary>
    public IReadOnlyCollection<string> Changes { get; private set; } = [];

    /// <summary>TCP ports it may connect to; null: all.</summary>
    public IReadOnlyCollection<int>? Ports { get; private set; }

    /// <summary>It connects to no server at all.</summary>
    public bool IsLocal => Kind.Reach == SandboxReach.Local;

    /// <summary>The groups of system calls that it keeps once it serves.</summary>
    public static SystemCallGroup[] SystemCalls(SandboxKind kind) => kind.HasWorkers
        ? [SystemCallGroup.Process, SystemCallGroup.Descriptors, SystemCallGroup.Files, SystemCallGroup.Sockets, SystemCallGroup.Programs, SystemCallGroup.Identity]
        : [SystemCallGroup.Process, SystemCallGroup.Descriptors, SystemCallGroup.Files, SystemCallGroup.Sockets];

    /// <summary>The profile of a service.</summary>
    /// <param name="configuration">main.cf with the entry's own settings over it.</param>
    /// <param name="command">The entry's command.</param>
    /// <returns>Null when it is not to be confined: switched off, free by its work, not of this mail system.</returns>
    /// <exception cref="ConfigurationException">A setting is malformed.</exception>
    public static SandboxProfile? Of(Configuration configuration, string command)
    {
        string program = $"{configuration.Get(GlobalParameters.DaemonDirectory)}/{command}";
        if (!SandboxParameters.IsOn(configuration) || !SandboxKind.All.TryGetValue(command, out SandboxKind? kind) || kind.IsFree || !IsOurs(program, out string real))
        {
            return null;
        }

        var profile = new SandboxProfile(kind, real);
        var words = new ConfigurationWords(configuration);
        profile.AddReads(configuration, words);
        profile.AddWrites(configuration);
        profile.AddPorts(configuration, words);
        return profile;
    }

    /// <summary>main.cf with the settings that a master.cf entry gives its service.</summary>
    /// <returns>Null when the entry asks for a debugger, which no rule must hinder.</returns>
    /// <exception cref="Text.FatalException">The entry's arguments are malformed.</exception>
    /// <exception cref="ConfigurationException">main.cf cannot be read.</exception>
    public static Configuration? ConfigurationOf(MasterEntry entry, string directory)
    {
        DaemonOptions options = DaemonOptions.Parse(entry.Command, entry.Arguments);
        var configuration = Configuration.Load(directory, entry.Command, entry.Name);
        foreach ((string name, string value) in options.Overrides)
        {
            configuration.Override(name, value);
        }

        return options.Debug ? null : configuration;
    }

    /// <summary>
    /// Puts the calling thread, and the program it starts next, under these rules for good.
    /// </summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void Apply()
    {
        using Landlock rules = Landlock.Create(judgesPorts: Kind.Reach != SandboxReach.Anywhere && Ports is not null);
        foreach (string path in _reads)
        {
            Allow(rules, path, FileRights.Read);
        }

        foreach (string path in Changes)
        {
            Allow(rules, path, FileRights.Read | FileRights.WriteFile);
        }

        foreach (string path in _writes)
        {
            Allow(rules, path, FileRights.Read | FileRights.Write);
        }

        Allow(rules, "/dev/null", FileRights.ReadFile | FileRights.WriteFile);
        Allow(rules, "/dev/full", FileRights.ReadFile | FileRights.WriteFile);
        Allow(rules, Program, FileRights.ReadFile | FileRights.Execute);
        foreach (string loader in Loaders)
        {
            Allow(rules, loader, FileRights.ReadFile | FileRights.Execute);
        }

        foreach (int port in Ports ?? [])
        {
            rules.AllowConnect(port);
        }

        // Nothing that is confined starts a program of others: none needs to gain rights.
        Seccomp.GiveUpNewPrivileges();
        rules.RestrictThisThread();
    }

    private static void Allow(Landlock rules, string path, FileRights rights)
    {
        try
        {
            rules.TryAllow(path, rights);
        }
        catch (LinuxException error) when (error.Errno is Errno.EACCES)
        {
            // What this process cannot reach, its children cannot either.
        }
    }

    // Programs of another mail system under our master have needs that nobody here knows.
    private static bool IsOurs(string program, out string real)
    {
        if (Posix.TryRealPath(program, out real) != 0)
        {
            return false;
        }

        return Posix.TryStat($"{PathNames.DirectoryOf(real)}/mta-release", out _) == 0 || Posix.TryStat($"{real}.dll", out _) == 0;
    }

    private static bool IsBelow(string path, IEnumerable<string> directories)
    {
        foreach (string directory in directories)
        {
            if (directory == "/" || path == directory || (path.Length > directory.Length && path[directory.Length] == '/' && path.StartsWith(directory, StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }

    private void AddReads(Configuration configuration, ConfigurationWords words)
    {
        string queue = configuration.Get(GlobalParameters.QueueDirectory);
        _reads.UnionWith(System);
        _reads.UnionWith(Copies.Select(name => $"{queue}/{name}"));
        _reads.UnionWith(Kind.Reads.Select(name => $"{queue}/{name}"));
        _reads.Add(configuration.Directory);
        _reads.Add(PathNames.DirectoryOf(Program));
        if (Posix.TryStat($"{Program}.dll", out _) == 0)
        {
            AddManagedRuntime();
        }

        foreach (string place in (ReadOnlySpan<string>)["/etc/resolv.conf", "/etc/localtime", "/etc/hosts", "/etc/nsswitch.conf"])
        {
            if (Posix.TryRealPath(place, out string real) == 0)
            {
                _reads.Add(PathNames.DirectoryOf(real));
            }
        }

        _reads.UnionWith(TableListSyntax.Split(configuration.Get(SandboxParameters.SandboxReadPaths)));
        _reads.UnionWith(words.Read);
    }

    private void AddWrites(Configuration configuration)
    {
        string queue = configuration.Get(GlobalParameters.QueueDirectory);
        _writes.UnionWith(Kind.Writes.Select(name => $"{queue}/{name}"));
        Changes = [.. Kind.Changes.Select(name => $"{queue}/{name}")];
        _writes.UnionWith(TableListSyntax.Split(configuration.Get(SandboxParameters.SandboxWritePaths)));
        if (Kind.Caches.Count > 0)
        {
            _writes.Add(configuration.Get(GlobalParameters.DataDirectory));
            foreach (StringParameter parameter in Kind.Caches)
            {
                foreach (string path in ConfigurationWords.PathsIn(configuration.Get(parameter)))
                {
                    _writes.Add(PathNames.DirectoryOf(path));
                }
            }
        }

        if (Kind.WritesMailboxes)
        {
            string mailboxes = configuration.Value(VirtualParameters.VirtualMailboxBase.Name) ?? "";
            _writes.Add(mailboxes.Length == 0 ? "/" : mailboxes);
        }

        if (Kind.WritesLog && configuration.Get(PostlogParameters.MaillogFile) is ['/', ..] log)
        {
            _writes.Add(log.StartsWith("/dev/", StringComparison.Ordinal) ? log : PathNames.DirectoryOf(log));
        }
    }

    private void AddPorts(Configuration configuration, ConfigurationWords words)
    {
        string[] more = [.. TableListSyntax.Split(configuration.Get(SandboxParameters.SandboxConnectPorts))];

        // Whom a plug-in of Cyrus SASL asks, its own files say.
        bool asksByPlugin = Kind.Program == "smtpd" && configuration.Get(SmtpdParameters.SmtpdSaslType) == "cyrus" && configuration.Value("smtpd_sasl_auth_enable") == "yes";
        if (Kind.Reach == SandboxReach.Anywhere || (!IsLocal && (words.ReachesServers || asksByPlugin)) || more.Contains("any"))
        {
            return;
        }

        var ports = new SortedSet<int>();
        if (!IsLocal)
        {
            const int nameServers = 53;
            ports.Add(nameServers);
            ports.UnionWith(words.Ports.Select(p => Port(configuration, p)).OfType<int>());
        }

        ports.UnionWith(more.Select(p => Port(configuration, p)).OfType<int>());
        Ports = ports;
    }

    private static int? Port(Configuration configuration, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) ? (port is > 0 and <= 65535 ? port : null) : new TcpPorts(configuration).Find(text);

    // Programs that are not compiled ahead of time, as tests run them, need their runtime.
    private void AddManagedRuntime()
    {
        if (Posix.EnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root)
        {
            _reads.Add(root);
        }

        try
        {
            _reads.Add(TextFile.Read("/etc/dotnet/install_location").Trim());
        }
        catch (LinuxException)
        {
            // In its usual place.
        }
    }
}
