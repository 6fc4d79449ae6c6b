using Mta.Config;
using Mta.Mail;
using Mta.Tables;
using NLog;

namespace Mta.Service;

/// <summary>Makes a process's table registry from its configuration.</summary>
internal static class TableSetup
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public static TableSettings SettingsFor(Configuration configuration) => configuration.TableSettings(
        isDaemon: true,
        static text => Log.Warn(text),
        static text => Log.Error(text)) with
    {
        Info = static text => Log.Info(text),
    };

    public static TableRegistry Registry(Configuration configuration, TableSettings settings)
    {
        TableRegistry registry = new(settings);
        ProxyTable.Register(registry, configuration);
        return registry;
    }
}
