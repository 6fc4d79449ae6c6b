using Mta.Service;
using Mta.TrivialRewrite;

RewriteService? service = null;

return await Daemon.Multi("trivial-rewrite")
    .BeforePrivilegeDrop(context => service = new RewriteService(context))
    .AfterPrivilegeDrop(_ => service!.WatchTables()) // set by the hook above
    .ServeAsync((client, stop) => new RewriteSession(service!, client).RunAsync(stop));
