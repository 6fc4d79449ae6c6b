using System.Collections.Concurrent;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Milter;
using Mta.Service;
using Mta.Tables;
using Mta.Text;

namespace Mta.Smtpd;

/// <summary>Which filters a client meets: <c>smtpd_milter_maps</c> by its address, else <c>smtpd_milters</c>. Thread-safe.</summary>
internal sealed class SmtpdMilters
{
    // Results of smtpd_milter_maps that were parsed; more distinct ones than this are parsed each time.
    private const int MaxParsed = 100;

    private readonly Configuration _configuration;
    private readonly IReadOnlyList<MilterDefinition> _usual;
    private readonly TableList _maps;
    private readonly ConcurrentDictionary<string, IReadOnlyList<MilterDefinition>> _parsed = new(StringComparer.Ordinal);

    /// <exception cref="ConfigurationException">A list is malformed.</exception>
    public SmtpdMilters(Configuration configuration, TableRegistry tables)
    {
        _configuration = configuration;
        bool isOff = WordSet.ReceiveOverrideOptions(configuration).Contains("no_milters");
        _usual = isOff ? [] : MilterDefinition.ParseList(configuration.Get(SmtpdParameters.SmtpdMilters), configuration);
        _maps = TableList.Open(tables, SmtpdParameters.SmtpdMilterMaps.Name, isOff ? "" : configuration.Get(SmtpdParameters.SmtpdMilterMaps));
        Macros = MilterMacros.From(configuration);
        DaemonName = configuration.Get(MilterParameters.MilterMacroDaemonName);
        Version = configuration.Get(MilterParameters.MilterMacroV);
    }

    public MilterMacros Macros { get; }

    /// <summary>Macro {daemon_name}.</summary>
    public string DaemonName { get; }

    /// <summary>Macro v.</summary>
    public string Version { get; }

    /// <summary>What a client costs: its connection, the ways to cleanup and anvil, one to each filter.</summary>
    public static int DescriptorsPerClient(Configuration configuration) => 3 + MilterDefinition.ParseList(configuration.Get(SmtpdParameters.SmtpdMilters), configuration).Count;

    /// <summary>The filters for a client; null when a table cannot tell.</summary>
    public async ValueTask<IReadOnlyList<MilterDefinition>?> ForAsync(ClientIdentity client, CancellationToken stop)
    {
        if (_maps.IsEmpty)
        {
            return _usual;
        }

        LookupResult found = await _maps.LookupAsync(client.Address, stop: stop);
        if (found.IsFailed)
        {
            return null;
        }

        if (!found.IsFound)
        {
            return _usual;
        }

        if (Ascii.EqualsIgnoreCase(found.Value.Trim(), "DISABLE"))
        {
            return [];
        }

        if (_parsed.TryGetValue(found.Value, out IReadOnlyList<MilterDefinition>? parsed))
        {
            return parsed;
        }

        try
        {
            parsed = MilterDefinition.ParseList(found.Value, _configuration);
            if (_parsed.Count < MaxParsed)
            {
                _parsed.TryAdd(found.Value, parsed);
            }

            return parsed;
        }
        catch (ConfigurationException error)
        {
            LogLines.Warning($"{_maps.Title}: {Printable.Neutralize(error.Message)}");
            return null;
        }
    }
}
