using Mta.Bounce;
using Mta.Service;

// Appending waits for the disk; a few more threads than processors keep other sessions going meanwhile.
ThreadPool.SetMinThreads(16, 4);
BounceDaemon? bounce = null;
return await Daemon.Single("bounce")
    .RequiresProcessLimit(ProcessLimit.Unlimited)
    .BeforePrivilegeDrop(context => bounce = new BounceDaemon(context))
    .ServeAsync((client, stop) => bounce!.ServeAsync(client, stop)); // made above
