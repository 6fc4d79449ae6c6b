using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Mail.Queue;
using Mta.Service;
using Mta.Tables;
using Mta.Text;

namespace Mta.Postfix;

/// <summary>
/// takeover-check: reads somebody's Postfix configuration and queue, touches nothing, and says parameter by parameter,
/// service by service and queue by queue what would become of it here.
/// </summary>
internal sealed class TakeoverCheck
{
    /// <summary>The daemons of this system.</summary>
    internal static readonly string[] Programs =
    [
        "anvil", "bounce", "cleanup", "discard", "error", "flush", "lmtp", "local", "master", "pickup", "pipe", "postlogd", "postscreen",
        "proxymap", "qmgr", "qmqpd", "showq", "smtp", "smtpd", "spawn", "tlsmgr", "tlsproxy", "trivial-rewrite", "verify", "virtual",
    ];

    /// <summary>Services that Postfix needs for what is done elsewhere here: they may stay in master.cf, and nobody calls them.</summary>
    internal static readonly Dictionary<string, string> NeedlessPrograms = new(StringComparer.Ordinal)
    {
        ["dnsblog"] = "postscreen asks the lists itself",
        ["nbdb_reindexd"] = "start and check make an index that is missing or old",
        ["scache"] = "connections are kept inside the client's process",
    };

    private const string Same = "same";
    private const string NoEffect = "no effect";
    private const string Unknown = "unknown";
    private const string Differs = "differs";
    private const string NotSupported = "not supported";

    // Defaults that are others here than in Postfix 3.7.
    private static readonly (string Name, string Postfix)[] ChangedDefaults =
        [("mail_name", "Postfix"), ("smtpd_forbid_bare_newline", "no"), ("smtpd_forbid_unauth_pipelining", "no")];

    private static readonly Dictionary<string, string> MissingPrograms = new(StringComparer.Ordinal)
    {
        ["oqmgr"] = "the old queue manager; use qmgr",
    };

    private static readonly string[] MissingTables = ["dbm", "mongodb", "netinfo", "nisplus", "sdbm"];

    private readonly Configuration _configuration;
    private readonly List<MasterEntry> _entries;
    private readonly HashSet<string> _ownNames;
    private readonly SortedDictionary<string, int> _verdicts = new(StringComparer.Ordinal);

    private TakeoverCheck(string directory)
    {
        _configuration = Configuration.Load(directory);
        _entries = MasterCf.Load($"{directory}/master.cf");
        _ownNames = [.. NamesReferredTo()];
    }

    /// <param name="directory">Configuration directory of the installation that is to be taken over.</param>
    /// <returns>0 when its mail would be treated the same, else 1.</returns>
    /// <exception cref="FatalException">The configuration cannot be read.</exception>
    public static int Run(string directory)
    {
        try
        {
            var check = new TakeoverCheck(directory);
            check.LookAtParameters();
            check.LookAtTables();
            check.LookAtServices();
            check.LookAtQueue();
            return check.Conclude();
        }
        catch (ConfigurationException error)
        {
            throw new FatalException(error.Message, error);
        }
    }

    private void LookAtParameters()
    {
        foreach (string name in _configuration.SetNames.Order(StringComparer.Ordinal))
        {
            Say($"main.cf: parameter {name}", VerdictOn(_configuration, name));
        }

        foreach ((string name, string postfix) in ChangedDefaults.Where(item => !_configuration.IsSet(item.Name)))
        {
            Say($"main.cf: parameter {name}", $"{Differs}: not set, which is {TryValue(name)} here and {postfix} for Postfix; set it to what you want");
        }
    }

    private string VerdictOn(Configuration configuration, string name)
    {
        if (ParametersWithoutEffect.All.TryGetValue(name, out string? why))
        {
            return $"{NoEffect}: {why}";
        }

        if (UnreadParameters.All.TryGetValue(name, out why))
        {
            return $"{NotSupported}: nothing reads it: {why}";
        }

        try
        {
            if (ParameterRegistry.Find(name) is { } parameter)
            {
                configuration.Check(parameter);
                return Same;
            }

            configuration.Value(name);
        }
        catch (ConfigurationException error)
        {
            return $"{NotSupported}: {error.Message}";
        }

        bool isDerived = ServiceParameters.DefaultFor(name) is not null;
        return isDerived || _ownNames.Contains(name) ? Same : $"{Unknown}: no program reads it, of Postfix neither";
    }

    private void LookAtTables()
    {
        TableSettings settings = _configuration.TableSettings(isDaemon: false, static _ => { }, static _ => { });
        foreach ((string type, string name, bool _) in IndexedTables.Find(_configuration))
        {
            string index = Tables.Index.IndexBuilder.PathOf(settings.EngineOf(type), name);
            bool hasSource = Posix.TryAccess(name, AccessMode.Read) == 0;
            bool hasIndex = Posix.TryStat(index, out _) == 0;
            Say($"table {type}:{name}", hasSource ? $"{Same}: served from {index}, which start makes"
                : hasIndex ? Same
                : $"{NotSupported}: {type} tables are served from an index made of their source, and there is no {name}; write it anew, from \"postmap -s {type}:{name}\" of Postfix");
        }

        foreach (string name in _configuration.SetNames.Order(StringComparer.Ordinal))
        {
            foreach (string type in (TryValue(name) ?? "").Split([' ', '\t', ',', '{', '}'], StringSplitOptions.RemoveEmptyEntries)
                .Select(static word => word.StartsWith("proxy:", StringComparison.Ordinal) ? word["proxy:".Length..] : word)
                .Where(static word => word.Contains(':')).Select(static word => word[..word.IndexOf(':')]).Where(MissingTables.Contains).Distinct())
            {
                Say($"main.cf: parameter {name}", $"{NotSupported}: there is no table type {type}");
            }
        }
    }

    private void LookAtServices()
    {
        string disabled = _configuration.Get(MasterParameters.MasterServiceDisable);
        foreach (MasterEntry entry in _entries)
        {
            string place = $"master.cf: line {entry.Line}: service {entry.NameAndType}";
            string program = entry.Command;
            Say(place, MasterCf.IsDisabled(entry, disabled) ? $"{Same}: disabled"
                : Programs.Contains(program) ? Same
                : NeedlessPrograms.TryGetValue(program, out string? needless) ? $"{NoEffect}: {needless}"
                : MissingPrograms.TryGetValue(program, out string? missing) ? $"{NotSupported}: {missing}"
                : $"{NotSupported}: {program} is no program of this mail system: if it is your own, put it into daemon_directory");
            if (Programs.Contains(program))
            {
                LookAtOverrides(place, entry);
            }
        }
    }

    private void LookAtOverrides(string place, MasterEntry entry)
    {
        try
        {
            IReadOnlyList<(string Name, string Value)> overrides = [.. DaemonOptions.Parse(entry.Command, entry.Arguments).Overrides];
            Configuration configuration = Checks.ConfigurationOf(entry, _configuration.Directory, overrides);
            foreach ((string name, _) in overrides)
            {
                Say($"{place}: parameter {name}", VerdictOn(configuration, name));
            }

            UnbuiltSettings.Refuse(entry.Command, configuration);
        }
        catch (Exception error) when (error is ConfigurationException or FatalException)
        {
            Say(place, $"{NotSupported}: {error.Message}");
        }
    }

    // Only what can be read: somebody who is not root learns about the configuration all the same.
    private void LookAtQueue()
    {
        string queue = _configuration.Get(GlobalParameters.QueueDirectory);
        foreach (string name in (string[])["maildrop", "incoming", "active", "deferred", "hold", "corrupt"])
        {
            int messages = 0;
            List<string> unreadable = [];
            try
            {
                foreach ((string directory, string file) in Mail.Queue.QueueDirectory.ScanFiles($"{queue}/{name}"))
                {
                    messages++;
                    if (name is not ("maildrop" or "corrupt") && !IsReadable($"{directory}/{file}"))
                    {
                        unreadable.Add(file);
                    }
                }
            }
            catch (LinuxException error) when (error.Errno != Errno.ENOENT)
            {
                Say($"queue {queue}/{name}", $"{Unknown}: {Errno.Text(error.Errno)}");
                continue;
            }
            catch (LinuxException)
            {
                // Start makes it.
            }

            Say($"queue {queue}/{name}", $"{(unreadable.Count == 0 ? Same : NotSupported)}: {messages} {(messages == 1 ? "message" : "messages")}{(unreadable.Count == 0 ? "" : $", not to be read: {string.Join(' ', unreadable.Take(10))}")}");
        }
    }

    // A file that is still being written has no size yet; whoever writes it will end.
    private static bool IsReadable(string path)
    {
        try
        {
            if (QueueFileReader.TryOpen(path, out QueueFileReader? file, writable: false) is var errno && errno != 0)
            {
                return errno == Errno.ENOENT;
            }

            using (file)
            {
                return !file!.IsReady || new QueueEnvelopeReader().ReadFirst(file.File, 1, []); // opened above
            }
        }
        catch (LinuxException)
        {
            return false;
        }
    }

    private int Conclude()
    {
        CommandLineTool.Print($"summary: {string.Join(", ", _verdicts.Select(static pair => $"{pair.Value} {pair.Key}"))}\n");
        bool isSame = !_verdicts.ContainsKey(NotSupported) && !_verdicts.ContainsKey(Differs);
        CommandLineTool.Print(isSame
            ? "mail would be treated the same\n"
            : "mail could be treated differently: see what differs and what is not supported\n");
        if (ReleaseMarker.OwnPrefix() is { } own && _configuration.Get(GlobalParameters.DaemonDirectory) != $"{own}/libexec")
        {
            CommandLineTool.Print($"to take over: postfix stop, then {own}/sbin/postconf -c {_configuration.Directory} -e command_directory={own}/sbin daemon_directory={own}/libexec, then {own}/sbin/postfix -c {_configuration.Directory} start\n");
        }

        return isSame ? 0 : 1;
    }

    private void Say(string place, string verdict)
    {
        int colon = verdict.IndexOf(':');
        string kind = colon < 0 ? verdict : verdict[..colon];
        _verdicts[kind] = _verdicts.GetValueOrDefault(kind) + 1;
        CommandLineTool.Print($"{Printable.Neutralize($"{place}: {verdict}")}\n");
    }

    private string? TryValue(string name)
    {
        try
        {
            return _configuration.Value(name);
        }
        catch (ConfigurationException)
        {
            // Said where parameters are looked at.
            return null;
        }
    }

    // Classes of restrictions, and whatever a value names by $name, ${name} or $(name).
    private IEnumerable<string> NamesReferredTo()
    {
        IEnumerable<string> values = _configuration.SetNames.Select(name => _configuration.SetText(name) ?? "")
            .Concat(_entries.SelectMany(static entry => entry.Arguments));
        foreach (string name in values.SelectMany(NamesIn))
        {
            yield return name;
        }

        foreach (string name in TableListSyntax.Split(TryValue("smtpd_restriction_classes") ?? ""))
        {
            yield return name;
        }
    }

    private static List<string> NamesIn(string value)
    {
        try
        {
            return Expander.NamesIn(value);
        }
        catch (ExpansionException)
        {
            // Said where parameters are looked at.
            return [];
        }
    }
}
