using Mta.Proxymap;
using Mta.Service;

ProxymapService? service = null;

return await Daemon.Multi("proxymap")
    .BeforePrivilegeDrop(context => service = new ProxymapService(context))
    .AfterPrivilegeDrop(_ => service!.WatchTables()) // set by the hook above
    .ServeAsync((client, stop) => new ProxymapSession(service!, client).RunAsync(stop));
