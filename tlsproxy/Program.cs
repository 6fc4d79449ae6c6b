using Mta.Config.Parameters;
using Mta.Service;
using Mta.Tlsproxy;
using Mta.TlsServer;

ServerTls? tls = null;
return await Daemon.Event("tlsproxy")
    .BeforePrivilegeDrop(context => tls = ProxyStart.LoadServer(context))
    .AfterPrivilegeDrop(context => Watchdog.Start(context.Configuration.Get(TlsproxyParameters.TlsproxyWatchdogTimeout)))
    .ServeAsync((client, stop) => new ProxySession(tls!, client).RunAsync(stop)); // made before the first client
