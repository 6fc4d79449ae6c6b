using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Tables;

namespace Mta.Milter;

/// <summary>What happens to mail when a filter fails.</summary>
public enum MilterDefaultAction
{
    Tempfail,
    Accept,
    Reject,
    Quarantine,
    Shutdown,
}

/// <summary>One filter of a list like <c>smtpd_milters</c>, with its settings.</summary>
public sealed record MilterDefinition
{
    /// <summary>As it stands in the configuration: <c>inet:localhost:8891</c>.</summary>
    public required string Name { get; init; }

    public required StreamEndpoint Endpoint { get; init; }

    public required TimeSpan ConnectTimeout { get; init; }

    public required TimeSpan CommandTimeout { get; init; }

    public required TimeSpan ContentTimeout { get; init; }

    public required MilterDefaultAction DefaultAction { get; init; }

    /// <summary>Highest version of the protocol to speak: 2, 3, 4 or 6.</summary>
    public required int Version { get; init; }

    /// <summary>Reads a list: <c>inet:host:port</c>, <c>unix:path</c>, <c>{ inet:host:port, name=value, ... }</c>.</summary>
    /// <exception cref="ConfigurationException">An element is malformed.</exception>
    public static IReadOnlyList<MilterDefinition> ParseList(string list, Configuration configuration)
    {
        List<MilterDefinition> milters = [];
        foreach (string element in TableListSyntax.Split(list))
        {
            milters.Add(Parse(element, configuration));
        }

        return milters;
    }

    /// <exception cref="ConfigurationException">Not one of the actions.</exception>
    public static MilterDefaultAction ParseAction(string text, string name) => text.ToLowerInvariant() switch
    {
        "accept" => MilterDefaultAction.Accept,
        "reject" => MilterDefaultAction.Reject,
        "tempfail" => MilterDefaultAction.Tempfail,
        "quarantine" => MilterDefaultAction.Quarantine,
        "shutdown" => MilterDefaultAction.Shutdown,
        _ => throw new ConfigurationException($"milter {name}: unrecognized default action: {text}"),
    };

    private static MilterDefinition Parse(string element, Configuration configuration)
    {
        List<string> words = [element];
        if (element[0] == '{')
        {
            if (!TableListSyntax.TryUnbrace(element, out string inner, out string error))
            {
                throw new ConfigurationException($"milter service syntax error: {error}");
            }

            words = TableListSyntax.Split(inner);
            if (words.Count == 0)
            {
                throw new ConfigurationException($"milter service syntax error: no service name in \"{element}\"");
            }
        }

        string name = words[0];
        if (!StreamEndpoint.TryParse(name, out StreamEndpoint endpoint))
        {
            throw new ConfigurationException($"Milter service needs transport type 'inet' or 'unix' instead of \"{name}\"");
        }

        var milter = new MilterDefinition
        {
            Name = name,
            Endpoint = endpoint,
            ConnectTimeout = configuration.Get(MilterParameters.MilterConnectTimeout),
            CommandTimeout = configuration.Get(MilterParameters.MilterCommandTimeout),
            ContentTimeout = configuration.Get(MilterParameters.MilterContentTimeout),
            DefaultAction = ParseAction(configuration.Get(MilterParameters.MilterDefaultAction), name),
            Version = ParseVersion(configuration.Get(MilterParameters.MilterProtocol), name),
        };
        for (int i = 1; i < words.Count; i++)
        {
            milter = milter.With(words[i]);
        }

        return milter;
    }

    private static int ParseVersion(string text, string name) => text switch
    {
        "2" => 2,
        "3" => 3,
        "4" => 4,
        "6" => 6,
        _ => throw new ConfigurationException($"milter {name}: unsupported protocol version: {text}"),
    };

    private MilterDefinition With(string setting)
    {
        if (setting[0] == '{' && TableListSyntax.TryUnbrace(setting, out string inner, out _))
        {
            setting = inner;
        }

        int equals = setting.IndexOf('=');
        string key = equals < 0 ? setting : setting[..equals].Trim();
        string value = equals < 0 ? "" : setting[(equals + 1)..].Trim();
        return key switch
        {
            "connect_timeout" => this with { ConnectTimeout = Time(key, value) },
            "command_timeout" => this with { CommandTimeout = Time(key, value) },
            "content_timeout" => this with { ContentTimeout = Time(key, value) },
            "default_action" => this with { DefaultAction = ParseAction(value, Name) },
            "protocol" => this with { Version = ParseVersion(value, Name) },
            _ => throw new ConfigurationException($"milter {Name}: unexpected setting \"{setting}\""),
        };
    }

    private TimeSpan Time(string key, string value)
    {
        long unit = value.Length == 0 ? 0 : value[^1] switch
        {
            's' or (>= '0' and <= '9') => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86400,
            'w' => 604800,
            _ => 0,
        };
        string digits = value.Length > 0 && !char.IsAsciiDigit(value[^1]) ? value[..^1] : value;
        return unit > 0 && long.TryParse(digits, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long number)
            && number is > 0 and < 100_000_000
            ? TimeSpan.FromSeconds(Math.Min(number * unit, 2_000_000))
            : throw new ConfigurationException($"milter {Name}: bad time value {key}={value}");
    }
}
