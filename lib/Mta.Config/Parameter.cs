namespace Mta.Config;

/// <summary>
/// One declared parameter: its name, its default as main.cf text, and how its value is read. Values are never kept
/// here: <see cref="Configuration.Get{T}(Parameter{T})"/> reads them.
/// </summary>
public abstract class Parameter(string name, string defaultText)
{
    /// <summary>The name in main.cf.</summary>
    public string Name { get; } = name;

    /// <summary>The default as it would stand in main.cf, <c>$names</c> unexpanded; empty when computed.</summary>
    public string DefaultText { get; } = defaultText;

    /// <summary>Computes the default of a parameter that depends on the host or the process; else null.</summary>
    public Func<Configuration, string>? ComputedDefault { get; init; }

    /// <summary>The value is used as it stands: <c>$names</c> in it mean something to its reader only.</summary>
    public bool IsRaw { get; init; }

    /// <summary>Assignments in main.cf are ignored with a warning.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>An old name that lives on only as <c>$name</c> in some default; postconf does not list it.</summary>
    public bool IsLegacy { get; init; }

    /// <summary>The default of this parameter in a configuration, unexpanded.</summary>
    public string DefaultFor(Configuration configuration) => ComputedDefault is { } compute ? configuration.Compute(this, compute) : DefaultText;

    /// <summary>The same parameter under another name and with another default (service-derived names).</summary>
    internal abstract Parameter Renamed(string name, string defaultText);

    /// <summary>Reads the value and drops it.</summary>
    /// <exception cref="ConfigurationException">The value is not acceptable.</exception>
    internal abstract object Read(Configuration configuration);

    public override string ToString() => Name;
}

/// <summary>A parameter whose values have the type <typeparamref name="T"/>.</summary>
public abstract class Parameter<T>(string name, string defaultText) : Parameter(name, defaultText)
    where T : notnull
{
    /// <summary>Turns main.cf text, already expanded unless <see cref="Parameter.IsRaw"/>, into a value.</summary>
    /// <exception cref="ConfigurationException">The text is not acceptable; the message is Postfix's.</exception>
    public abstract T Parse(string text);

    internal override object Read(Configuration configuration)
    {
        string text = configuration.Raw(Name) ?? DefaultFor(configuration);
        return Parse(IsRaw ? text : configuration.ExpandValue(text));
    }
}
