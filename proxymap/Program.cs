using Mta.Proxymap;
using Mta.Service;

ProxymapService? service = null;

return await Daemon.Multi("proxymap")
    .BeforePrivilegeDrop(context => service = new ProxymapService(context))
    .ServeAsync((client, stop) => new ProxymapSession(service!, client).RunAsync(stop)); // set before the first client
