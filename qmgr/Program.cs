using Mta.Qmgr;
using Mta.Service;

QueueManagerThread? thread = null;
return await Daemon.Trigger("qmgr")
    .BehindClients()
    .RequiresProcessLimit(ProcessLimit.One)
    .WithoutUseLimit()
    .WithoutIdleLimit()
    .BeforePrivilegeDrop(context => thread = new QueueManagerThread(context))
    .BeforeTriggers(() => thread!.RunAsync()) // made above
    .ServeTriggersAsync(bytes => thread!.Trigger(bytes), connection => thread!.TryAdopt(connection)); // made above
