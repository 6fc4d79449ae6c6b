using Mta.Config;
using Mta.Tables;

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

    public Vocabulary(Settings settings, MasterFile master)
    {
        _settings = settings;
        _master = master;
        FindServiceNames();
        FindUserNames();
    }

    public bool IsBuiltIn(string name) => ParameterRegistry.Find(name) is { IsLegacy: false };

    public bool IsKnown(string name) => IsBuiltIn(name) || _service.Contains(name) || _user.Contains(name);

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
            names.AddRange(_service.Where(name => !IsBuiltIn(name)));
        }

        if (classes.HasFlag(ParameterClasses.User))
        {
            names.AddRange(_user.Where(name => !IsBuiltIn(name) && !_service.Contains(name)));
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    public void WarnUndefined()
    {
        foreach (string text in _malformed)
        {
            Warnings.Write(text);
        }

        foreach (string name in _undefinedInMaster)
        {
            Warnings.Write($"{_settings.Directory}/master.cf: undefined parameter: {name}");
        }

        foreach (string name in _undefined)
        {
            Warnings.Write($"{_settings.Directory}/main.cf: undefined parameter: {name}");
        }
    }

    public void WarnUnused()
    {
        foreach (string name in _settings.Configuration.SetNames.Order(StringComparer.Ordinal))
        {
            if (!IsKnown(name))
            {
                Warnings.Write($"{_settings.Directory}/main.cf: unused parameter: {name}={_settings.Configuration.SetText(name)}");
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
                if (!IsKnown(name) && !local.Contains(name))
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

        // What is not used itself makes no other name used, but what it refers to should exist.
        foreach (string name in _settings.Configuration.SetNames.Where(name => !IsKnown(name)))
        {
            _undefined.UnionWith(NamesIn(_settings.Raw(name) ?? "").Where(used => !_settings.IsSet(used) && !IsKnown(used) && ParameterRegistry.Find(used) is null));
        }

        foreach (MasterLine line in _master.Lines)
        {
            HashSet<string> local = LocalNames(line);
            foreach ((string name, string value) in line.Overrides)
            {
                if (IsKnown(name) || local.Contains(name))
                {
                    ScanMaster(value, local);
                }
            }
        }
    }

    private void Scan(string name, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        if (text.Contains(':'))
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
            else if (!IsKnown(used) && ParameterRegistry.Find(used) is null)
            {
                _undefined.Add(used);
            }
        }
    }

    private void ScanMaster(string text, HashSet<string> local)
    {
        foreach (string used in NamesIn(text))
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

            foreach (string suffix in TableSettingNames.Of(type))
            {
                string name = $"{source}_{suffix}";
                if (_settings.IsSet(name))
                {
                    Use(name);
                }
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
        }

        return used;
    }

    private List<string> NamesIn(string text)
    {
        try
        {
            return Expander.NamesIn(text);
        }
        catch (ExpansionException error)
        {
            _malformed.Add(error.Message);
            return [];
        }
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
