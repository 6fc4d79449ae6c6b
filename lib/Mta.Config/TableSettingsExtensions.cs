using Mta.Config.Parameters;
using Mta.Tables;

namespace Mta.Config;

/// <summary>What lookup tables are told of a configuration.</summary>
public static class TableSettingsExtensions
{
    /// <param name="isDaemon">Tables that cannot be opened are replaced by failing ones, unless daemon_table_open_error_is_fatal.</param>
    /// <param name="warning">Receives what stands after <c>warning: </c>; called from any thread.</param>
    /// <param name="error">Receives what stands after <c>error: </c>; called from any thread.</param>
    public static TableSettings TableSettings(this Configuration configuration, bool isDaemon, Action<string> warning, Action<string> error) => new()
    {
        Utf8 = configuration.Get(GlobalParameters.Smtputf8Enable),
        RegexpBackreferences = configuration.Get(TableParameters.RegexpBackreferences),
        RegexpSubjectLimit = Math.Max(2048, configuration.Get(GlobalParameters.HeaderSizeLimit)),
        LmdbMapSize = configuration.Get(TableParameters.LmdbMapSize),
        SocketmapQueryLimit = configuration.Get(TableParameters.SocketmapMaxQuerySize),
        SocketmapReplyLimit = configuration.Get(TableParameters.SocketmapMaxReplySize),
        UseSurrogates = isDaemon && !configuration.Get(TableParameters.DaemonTableOpenErrorIsFatal),
        Parameter = configuration.Value,
        MatchDomains = static (registry, title, patterns) =>
        {
            StringMatchList list = new(title, patterns, registry);
            return async (domain, stop) => await list.MatchesAsync(domain, stop) switch
            {
                MatchResult.Yes => true,
                MatchResult.No => false,
                MatchResult.Failed => null,
            };
        },
        Warning = warning,
        Error = error,
    };
}
