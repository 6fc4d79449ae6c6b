using System.Globalization;
using Mta.Config;
using Mta.Linux;

namespace Mta.Service.Sandbox;

/// <summary>
/// The files and TCP ports that a configuration names, wherever it does: in any value of main.cf or of the service's own
/// settings, and in the files of settings of database tables. A file is meant together with its directory, since those
/// who edit files put new ones in their places.
/// </summary>
internal sealed class ConfigurationWords
{
    // What a program writes, runs or is told about, and does not read.
    private static readonly HashSet<string> NotRead = new(StringComparer.Ordinal)
    {
        "queue_directory", "data_directory", "command_directory", "process_id_directory", "mail_spool_directory", "virtual_mailbox_base",
        "maillog_file", "maillog_file_prefixes", "multi_instance_directories", "sendmail_path", "newaliases_path", "mailq_path", "mailbox_command",
        "home_mailbox", "debugger_command", "import_environment", "export_environment", "manpage_directory", "html_directory", "readme_directory",
        "sample_directory", "sandbox_write_paths", "command_execution_directory", "forward_path", "fallback_transport", "mailbox_transport",
    };

    private static readonly HashSet<string> SettingsFiles = new(StringComparer.Ordinal) { "ldap", "mysql", "pgsql", "sqlite", "memcache", "redis", "mongodb" };

    private static readonly HashSet<string> Servers = new(StringComparer.Ordinal) { "ldap", "mysql", "pgsql", "memcache", "redis", "mongodb" };

    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    public ConfigurationWords(Configuration configuration)
    {
        foreach (string name in configuration.SetNames.Append("dns_forward_address").Append("dns_trust_anchor_file").Append("alias_maps"))
        {
            try
            {
                if (configuration.Value(name) is { Length: > 0 } value)
                {
                    Add(name, value);
                }
            }
            catch (ConfigurationException)
            {
                // A value for another program's expansion, or one that its reader refuses.
            }
        }
    }

    /// <summary>Directories, and files of directories that are too wide.</summary>
    public SortedSet<string> Read { get; } = new(StringComparer.Ordinal);

    public SortedSet<string> Ports { get; } = new(StringComparer.Ordinal);

    /// <summary>A database client's servers are where it says.</summary>
    public bool ReachesServers { get; private set; }

    /// <summary>Paths in a list of tables or files: <c>btree:/a/b</c>, <c>proxy:btree:/a/b</c>, <c>/a/b</c>.</summary>
    public static IEnumerable<string> PathsIn(string value)
    {
        foreach (string word in value.Split([' ', '\t', '\r', '\n', ',', '{', '}', '(', ')', '"', '\''], StringSplitOptions.RemoveEmptyEntries))
        {
            int at = word.TrimStart('!').StartsWith('/') ? word.IndexOf('/') : word.IndexOf(":/", StringComparison.Ordinal) + 1;
            bool isPath = at > 0 || word.StartsWith('/');
            if (isPath && !word.AsSpan(0, Math.Max(0, at)).EndsWith("unix:"))
            {
                yield return word[at..];
            }
        }
    }

    private void Add(string name, string value)
    {
        string[] words = value.Split([' ', '\t', '\n', ',', '{', '}'], StringSplitOptions.RemoveEmptyEntries);
        AddPorts(name, words);
        if (NotRead.Contains(name))
        {
            return;
        }

        foreach (string path in PathsIn(value))
        {
            AddFile(path);
        }

        foreach (string word in words)
        {
            string[] parts = word.Split(':');
            for (int i = 0; i + 1 < parts.Length; i++)
            {
                if (SettingsFiles.Contains(parts[i]) && parts[i + 1].StartsWith('/'))
                {
                    ReachesServers |= Servers.Contains(parts[i]);
                    AddSettings(parts[i + 1]);
                }
                else if (Servers.Contains(parts[i]))
                {
                    // Its settings stand in main.cf.
                    ReachesServers = true;
                }
            }
        }
    }

    // A table's own file of settings names more files: certificates, a database.
    private void AddSettings(string path)
    {
        if (!_read.Add(path))
        {
            return;
        }

        try
        {
            foreach (string named in PathsIn(TextFile.Read(path).Replace('=', ' ')))
            {
                AddFile(named);
            }
        }
        catch (LinuxException)
        {
            // The table says so itself.
        }
    }

    private void AddFile(string path)
    {
        path = path.TrimEnd('/');
        if (path.Length == 0)
        {
            return;
        }

        AddOne(path);

        // Where a link leads: the file itself, or what an index is called.
        foreach (string suffix in (ReadOnlySpan<string>)["", ".lmdb", ".cdb"])
        {
            if (Posix.TryRealPath(path + suffix, out string real) == 0 && real != path + suffix)
            {
                AddOne(real);
            }
        }
    }

    private void AddOne(string path)
    {
        bool isDirectory = Posix.TryStat(path, out FileStatus status) == 0 && status.IsDirectory;
        string directory = isDirectory ? path : PathNames.DirectoryOf(path);
        if (directory is not ("/" or "/dev"))
        {
            Read.Add(directory);
        }
        else if (!isDirectory)
        {
            Read.Add(path);
        }
    }

    // inet:host:port, inet:[address]:port, inet:port, tcp:host:port, socketmap:inet:host:port:name; a filter's host:port;
    // a name server's address@port.
    private void AddPorts(string name, string[] words)
    {
        foreach (string word in words)
        {
            int at = word.IndexOf("inet:", StringComparison.Ordinal) is >= 0 and int inet ? inet + 5
                : word.StartsWith("tcp:", StringComparison.Ordinal) || word.Contains(":tcp:", StringComparison.Ordinal) ? word.IndexOf("tcp:", StringComparison.Ordinal) + 4
                : name == "smtpd_proxy_filter" ? 0
                : -1;
            if (at >= 0)
            {
                string rest = word[at..];
                string[] parts = rest.StartsWith('[') ? rest[(rest.IndexOf(']') + 1)..].Split(':') : rest.Split(':');
                AddPort(parts.Length > 1 ? parts[1] : parts[0]);
            }
            else if (name == "dns_forward_address" && word.IndexOf('@') is >= 0 and int mark)
            {
                AddPort(word[(mark + 1)..]);
            }
        }
    }

    private void AddPort(string port)
    {
        if (port.Length > 0)
        {
            Ports.Add(int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number.ToString(CultureInfo.InvariantCulture) : port);
        }
    }
}
