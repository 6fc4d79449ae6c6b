using Mta.Service;
using Mta.Showq;

QueueLister? lister = null;
return await Daemon.Single("showq")
    .BeforePrivilegeDrop(context => lister = new QueueLister(context))
    .ServeAsync((client, stop) => lister!.ServeAsync(client, stop)); // made above
