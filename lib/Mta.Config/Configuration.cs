using System.Collections.Concurrent;
using Mta.Config.Parameters;

namespace Mta.Config;

/// <summary>
/// The settings of one process: main.cf, overrides from the command line, declared defaults. Values are read on
/// first use and kept. Safe for use by several threads once start-up (<see cref="Override"/>) is over.
/// </summary>
public sealed class Configuration
{
    /// <summary>Where main.cf is when nobody says otherwise.</summary>
    public const string DefaultDirectory = "/etc/postfix";

    // What the thread is computing, from the outside in.
    [ThreadStatic]
    private static List<(Configuration, object)>? _beingComputed;

    private readonly Dictionary<string, string> _values = [];
    private readonly ConcurrentDictionary<Parameter, object> _cache = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<string, object> _derived = new();
    private readonly List<string> _warnings = [];
    private readonly Expander _expander;
    private readonly Lazy<OwnAddresses> _ownAddresses;

    private Configuration(string directory)
    {
        Directory = directory;
        _expander = new Expander(Raw);
        _ownAddresses = new Lazy<OwnAddresses>(FindOwnAddresses);
    }

    /// <summary>The configuration directory, as <c>config_directory</c> shows it.</summary>
    public string Directory { get; }

    /// <summary>This process's name, as <c>process_name</c> shows it.</summary>
    public string ProcessName { get; init; } = "";

    /// <summary>The master.cf service name, as <c>service_name</c> shows it; empty in a command.</summary>
    public string ServiceName { get; init; } = "";

    /// <summary>The addresses of this host that inet_interfaces selects; found on first use and kept.</summary>
    public OwnAddresses OwnAddresses => _ownAddresses.Value;

    /// <summary>The level up to which the administrator has accepted changed defaults.</summary>
    /// <exception cref="ConfigurationException">It is malformed.</exception>
    public CompatibilityLevel CompatibilityLevel => CompatibilityLevel.TryParse(Get(GlobalParameters.CompatibilityLevel), out CompatibilityLevel level)
        ? level
        : throw new ConfigurationException($"invalid compatibility level: {GlobalParameters.CompatibilityLevel.Name}={Get(GlobalParameters.CompatibilityLevel)}");

    /// <summary>Texts as after <c>warning: </c>, found while reading main.cf.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Reads <c>main.cf</c> in a directory.</summary>
    /// <exception cref="ConfigurationException">It cannot be read, or a line is not an assignment.</exception>
    public static Configuration Load(string directory = DefaultDirectory, string processName = "", string serviceName = "") =>
        From(MainCf.Load($"{directory}/main.cf"), directory, processName, serviceName);

    /// <summary>Settings from main.cf text, for tests and for tools that have none.</summary>
    public static Configuration FromText(string mainCf, string directory = DefaultDirectory, string processName = "", string serviceName = "") =>
        From(MainCf.Parse(mainCf, $"{directory}/main.cf"), directory, processName, serviceName);

    private static Configuration From(MainCf file, string directory, string processName, string serviceName)
    {
        var configuration = new Configuration(directory) { ProcessName = processName, ServiceName = serviceName };
        configuration._warnings.AddRange(file.Warnings);
        foreach (MainCfEntry entry in file.Entries)
        {
            configuration._values[entry.Name] = entry.Value;
        }

        return configuration;
    }

    /// <summary>Sets a value for this process alone, as <c>-o name=value</c> does. Only during start-up.</summary>
    public void Override(string name, string value)
    {
        _values[name] = value;
        _cache.Clear();
        _derived.Clear();
    }

    /// <summary>Does main.cf (or an override) set this name?</summary>
    public bool IsSet(string name) => _values.ContainsKey(name) && ParameterRegistry.Find(name) is not { IsReadOnly: true };

    /// <inheritdoc cref="IsSet(string)"/>
    public bool IsSet(Parameter parameter) => IsSet(parameter.Name);

    /// <summary>What main.cf or an override says, read-only names included; null when neither does.</summary>
    public string? SetText(string name) => _values.GetValueOrDefault(name);

    /// <summary>Names set by main.cf or overrides.</summary>
    public IReadOnlyCollection<string> SetNames => _values.Keys;

    /// <summary>
    /// The unexpanded value of any name: what main.cf says, else the declared default, else null. Names that are not
    /// declared (user-defined, restriction classes, tables' settings) have a value only when set.
    /// </summary>
    public string? Raw(string name)
    {
        if (ParameterRegistry.Find(name) is { } parameter)
        {
            return !parameter.IsReadOnly && _values.TryGetValue(name, out string? set) ? set : parameter.DefaultFor(this);
        }

        return _values.TryGetValue(name, out string? value) ? value : ServiceParameters.DefaultFor(name);
    }

    /// <summary>The expanded value of any name; null when it has none.</summary>
    /// <exception cref="ConfigurationException">The value is malformed.</exception>
    public string? Value(string name) => Raw(name) is { } raw ? ExpandValue(raw) : null;

    /// <summary>Expands <c>$names</c> in a text.</summary>
    /// <exception cref="ConfigurationException">The text is malformed; see <see cref="ConfigurationException.Warning"/>.</exception>
    public string Expand(string text)
    {
        try
        {
            return _expander.Expand(text);
        }
        catch (ExpansionException error) when (error.IsFatal)
        {
            throw new ConfigurationException(error.Message, error);
        }
        catch (ExpansionException error)
        {
            throw new ConfigurationException("dictionary mail_dict: macro processing error", error) { Warning = error.Message };
        }
    }

    /// <summary>The value of a parameter.</summary>
    /// <exception cref="ConfigurationException">The value is not acceptable.</exception>
    public T Get<T>(Parameter<T> parameter)
        where T : notnull =>
        (T)(_cache.TryGetValue(parameter, out object? value) ? value : _cache.GetOrAdd(parameter, Read, this));

    /// <summary>Reads a parameter's value and drops it, for whoever only wants to know that it can be read.</summary>
    /// <exception cref="ConfigurationException">The value is not acceptable.</exception>
    public void Check(Parameter parameter) => parameter.Read(this);

    /// <summary>
    /// The value of a service-derived parameter: for <c>default_destination_concurrency_limit</c> and service
    /// <c>relay</c>, that of <c>relay_destination_concurrency_limit</c>, whose default is the former's value.
    /// </summary>
    /// <exception cref="ConfigurationException">The value is not acceptable.</exception>
    public T Get<T>(Parameter<T> parameter, string service)
        where T : notnull
    {
        string name = ServiceParameters.NameFor(parameter, service);
        return (T)_derived.GetOrAdd(name, static (name, state) => state.Parameter.Declared(name).Read(state.Configuration), (Parameter: parameter, Configuration: this));
    }

    /// <summary>
    /// Refuses settings that this program does not implement yet: a parameter whose value differs from its default
    /// would restrict, filter or encrypt, and must not be ignored.
    /// </summary>
    /// <exception cref="ConfigurationException">One of them is set; the message names it.</exception>
    public void RefuseUnbuilt(params ReadOnlySpan<Parameter> parameters)
    {
        foreach (Parameter parameter in parameters)
        {
            if (!IsSet(parameter.Name))
            {
                continue;
            }

            string value = ExpandUnlessRaw(parameter, Raw(parameter.Name) ?? "");
            if (value != ExpandUnlessRaw(parameter, parameter.DefaultFor(this)))
            {
                throw new ConfigurationException($"parameter {parameter.Name} = {value}: this setting is not implemented");
            }
        }
    }

    /// <summary>
    /// A default that is computed from other values. Values may refer to each other in a circle through it
    /// (<c>myhostname = mail.$mydomain</c>, without mydomain): inside of its own computation it is empty.
    /// </summary>
    internal string Compute(Parameter parameter, Func<Configuration, string> compute)
    {
        List<(Configuration, object)> computed = _beingComputed ??= [];
        if (computed.Contains((this, parameter)))
        {
            return "";
        }

        computed.Add((this, parameter));
        try
        {
            return compute(this);
        }
        finally
        {
            computed.RemoveAt(computed.Count - 1);
        }
    }

    /// <summary>This thread is finding the own addresses, so that nothing may be computed from them.</summary>
    internal bool IsFindingAddresses => _beingComputed?.Contains((this, _ownAddresses)) ?? false;

    private OwnAddresses FindOwnAddresses()
    {
        List<(Configuration, object)> computed = _beingComputed ??= [];
        computed.Add((this, _ownAddresses));
        try
        {
            return OwnAddresses.Find(this);
        }
        finally
        {
            computed.RemoveAt(computed.Count - 1);
        }
    }

    internal string ExpandValue(string text) => text.Contains('$') ? Expand(text) : text;

    private string ExpandUnlessRaw(Parameter parameter, string text) => parameter.IsRaw ? text : Expand(text);

    private static object Read(Parameter parameter, Configuration configuration) => parameter.Read(configuration);
}
