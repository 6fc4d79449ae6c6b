using Mta.Config;
using Mta.Config.Parameters;
using Mta.Tables;
using NLog;

namespace Mta.Service;

/// <summary>Makes a process's table registry from its configuration.</summary>
internal static class TableSetup
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public static TableSettings SettingsFor(Configuration configuration) => new()
    {
        Utf8 = configuration.Get(GlobalParameters.Smtputf8Enable),
        UseSurrogates = true,
        Warning = static text => Log.Warn(text),
        Error = static text => Log.Error(text),
    };

    public static TableRegistry Registry(Configuration configuration, TableSettings settings) => new(settings);
}
