using Mta.Config;
using Mta.Tables;
using Mta.Text;

namespace Mta.Postconf;

/// <summary>
/// Which names mean something: those declared, those derived from services, and those the administrator made up and
/// uses. Knows what is used without being set, and set without being used.
/// </summary>
internal sealed class Vocabulary
{
    private readonly Settings _settings;
    private readonly MasterFile _master;
    private readonly HashSet<string> _service = new(StringComparer.Ordinal);
    private readonly HashSet<string> _user = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _undefined = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _undefinedInMaster = new(StringComparer.Ordinal);
    private readonly List<string> _malformed = [];
    private readonly HashSet<string> _setInMaster;
    private readonly HashSet<string> _usedInMain = new(StringComparer.Ordinal);
    private bool _isMasterMalformed;

    public Vocabulary(Settings settings, MasterFile master)
    {
        _settings = settings;
        _master = master;
        _setInMaster = [.. master.Lines.SelectMany(static line => line.Overrides).Select(static pair => pair.Name)];
        FindServiceNames();
        FindUserNames();
    }

    public static bool IsBuiltIn(string name) => ParameterRegistry.Find(name) is { IsLegacy: false };

    public bool IsKnown(string name) => ParameterRegistry.Find(name) is not null || _service.Contains(name) || _user.Contains(name);

    /// <summary>All names of some classes, in order.</summary>
    public List<string> Names(ParameterClasses classes)
    {
        List<string> names = [];
        if (classes.HasFlag(ParameterClasses.BuiltIn))
        {
            names.AddRange(ParameterRegistry.All.Where(static p => !p.IsLegacy).Select(static p => p.Name));
        }

        if (classes.HasFlag(ParameterClasses.Service))
        {
            names.AddRange(_service.Where(name => !classes.HasFlag(ParameterClasses.BuiltIn) || !IsBuiltIn(name)));
        }

        if (classes.HasFlag(ParameterClasses.User))
        {
            names.AddRange(_user.Where(name => !IsBuiltIn(name) && !_service.Contains(name)));
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <exception cref="FatalException">A setting of master.cf is malformed.</exception>
    public void WarnUndefined()
    {
        if (_isMasterMalformed)
        {
            WarnMalformed();
            throw new FatalException("macro processing error");
        }

        foreach (string name in _undefinedInMaster)
        {
            Warnings.Write($"{_settings.Directory}/master.cf: undefined parameter: {name}");
        }

        WarnMalformed();

        foreach (string name in _undefined)
        {
            Warnings.Write($"{_settings.Directory}/main.cf: undefined parameter: {name}");
        }
    }

    private void WarnMalformed()
    {
        foreach (string text in _malformed)
        {
            Warnings.Write(text);
        }
    }

    public void WarnUnused()
    {
        foreach (string name in _settings.Configuration.SetNames.Order(StringComparer.Ordinal))
        {
            if (!IsKnown(name))
            {
                Warnings.Write($"{_settings.Directory}/main.cf: unused parameter: {name}={_settings.Configuration.SetText(name)}");
                Suggestion.Write(name, Names(ParameterClasses.BuiltIn | ParameterClasses.Service));
            }
        }

        WarnUnusedInMaster();
    }

    public void WarnUnusedInMaster()
    {
        foreach (MasterLine line in _master.Lines)
        {
            HashSet<string> local = LocalNames(line);
            foreach ((string name, string value) in line.Overrides.OrderBy(static pair => pair.Name, StringComparer.Ordinal))
            {
                if (!IsKnown(name) && !local.Contains(name) && !_usedInMain.Contains(name))
                {
                    Warnings.Write($"{_settings.Directory}/master.cf: unused parameter: {name}={value}");
                }
            }
        }
    }

    private void FindServiceNames()
    {
        foreach (MasterLine line in _master.Lines)
        {
            if (line.Command is "local" or "virtual" or "error" or "smtp" or "lmtp" or "pipe" or "spawn")
            {
                foreach (string template in ServiceParameters.Templates)
                {
                    bool isTimeLimit = template == "command_time_limit";
                    if (isTimeLimit ? line.Command is "pipe" or "spawn" : line.Command != "spawn")
                    {
                        _service.Add(ServiceParameters.NameFor(template, line.Service));
                    }
                }
            }
        }
    }

    private void FindUserNames()
    {
        foreach (string word in TableListSyntax.Split(Expanded("smtpd_restriction_classes")))
        {
            if (_settings.IsSet(word))
            {
                Use(word);
            }
            else if (!IsKnown(word))
            {
                _undefined.Add(word);
            }
        }

        foreach (string name in Names(ParameterClasses.BuiltIn | ParameterClasses.Service))
        {
            Scan(name, _settings.Raw(name));
        }

        // A name that only an unused one refers to counts as used all the same: one warning says enough. Not so a table.
        foreach (string name in _settings.Configuration.SetNames.Order(StringComparer.Ordinal))
        {
            Scan(name, _settings.Raw(name), usesTables: false);
        }

        foreach (MasterLine line in _master.Lines)
        {
            HashSet<string> local = [.. LocalNames(line), .. line.Overrides.Select(static pair => pair.Name)];
            foreach ((string name, string value) in line.Overrides)
            {
                ScanMaster(name, value, local);
            }
        }
    }

    private void Scan(string name, string? text, bool usesTables = true)
    {
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        if (usesTables && text.Contains(':'))
        {
            UseTableSettings(text);
        }

        if (!text.Contains('$') || ParameterRegistry.Find(name) is { IsRaw: true })
        {
            return;
        }

        foreach (string used in NamesIn(text))
        {
            if (_settings.IsSet(used))
            {
                Use(used);
            }
            else if (_setInMaster.Contains(used))
            {
                // Some service gives it a value: enough for Postfix, too.
                _usedInMain.Add(used);
            }
            else if (!IsKnown(used) && ParameterRegistry.Find(used) is null)
            {
                _undefined.Add(used);
            }
        }
    }

    private void ScanMaster(string name, string text, HashSet<string> local)
    {
        if (text.Contains(':'))
        {
            UseTableSettings(text);
        }

        if (ParameterRegistry.Find(name) is { IsRaw: true })
        {
            return;
        }

        int malformed = _malformed.Count;
        List<string> names = NamesIn(text);
        _isMasterMalformed |= _malformed.Count > malformed;
        foreach (string used in names)
        {
            if (local.Contains(used))
            {
                continue;
            }

            if (_settings.IsSet(used))
            {
                Use(used);
            }
            else if (!IsKnown(used) && ParameterRegistry.Find(used) is null)
            {
                _undefinedInMaster.Add(used);
            }
        }
    }

    private void Use(string name)
    {
        if (!IsBuiltIn(name) && !_service.Contains(name) && _user.Add(name))
        {
            Scan(name, _settings.Raw(name));
        }
    }

    // ldap:NAME with NAME_server_host and so on in main.cf: the old way to configure a table.
    private void UseTableSettings(string text)
    {
        foreach (string word in text.Split([' ', '\t', '\r', '\n', ',', '{', '}'], StringSplitOptions.RemoveEmptyEntries))
        {
            string reference = word.StartsWith("proxy:", StringComparison.Ordinal) ? word["proxy:".Length..] : word;
            if (!TableRegistry.TrySplit(reference, out string type, out string source) || source[0] is '/' or '.')
            {
                continue;
            }

            foreach (string name in TableSettingNames.Of(type).Select(suffix => $"{source}_{suffix}").Where(_settings.IsSet))
            {
                Use(name);
            }
        }
    }

    // What an entry sets for its own use in other settings of the same entry.
    private HashSet<string> LocalNames(MasterLine line)
    {
        HashSet<string> set = new(line.Overrides.Select(static pair => pair.Name), StringComparer.Ordinal);
        HashSet<string> used = new(StringComparer.Ordinal);
        foreach ((string name, string value) in line.Overrides)
        {
            if (name == "smtpd_restriction_classes")
            {
                used.UnionWith(TableListSyntax.Split(value).Where(set.Contains));
            }

            used.UnionWith(NamesIn(value).Where(set.Contains));
            foreach (string table in value.Split([' ', '\t', '\r', '\n', ',', '{', '}'], StringSplitOptions.RemoveEmptyEntries))
            {
                if (TableRegistry.TrySplit(table, out string type, out string source))
                {
                    used.UnionWith(TableSettingNames.Of(type).Select(suffix => $"{source}_{suffix}").Where(set.Contains));
                }
            }
        }

        return used;
    }

    // A malformed text is said once and, as in Postfix, ends the listing before it begins.
    private List<string> NamesIn(string text)
    {
        List<string> names = [];
        try
        {
            Expander.NamesIn(text, names);
        }
        catch (ExpansionException error)
        {
            _malformed.Add(error.Message);
        }

        return names;
    }

    private string Expanded(string name)
    {
        try
        {
            return _settings.Configuration.Value(name) ?? "";
        }
        catch (ConfigurationException)
        {
            return "";
        }
    }
}
