using Mta.Service;
using Mta.Tls;
using Mta.Tlsmgr;

TlsmgrService? service = null;
return await Daemon.Multi("tlsmgr")
    .RequiresProcessLimit(ProcessLimit.One)
    .WithoutUseLimit()
    .WithoutIdleLimit()
    .BeforePrivilegeDrop(context =>
    {
        TlsLibrary.Load();
        service = new TlsmgrService(context.Configuration, context.Time);
    })
    .ServeAsync((client, stop) => new TlsmgrSession(service!, client).RunAsync(stop)); // made before the first client
