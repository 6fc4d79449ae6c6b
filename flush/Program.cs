using Mta.Flush;
using Mta.Service;

FlushDaemon? flush = null;
return await Daemon.Single("flush")
    .RequiresProcessLimit(ProcessLimit.Unlimited)
    .BeforePrivilegeDrop(context => flush = new FlushDaemon(context))
    .ServeAsync((client, stop) => flush!.ServeAsync(client, stop)); // made above
