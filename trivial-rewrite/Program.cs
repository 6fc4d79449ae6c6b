using Mta.Service;
using Mta.TrivialRewrite;

RewriteService? service = null;

return await Daemon.Multi("trivial-rewrite")
    .ContinuesSessionsInPlace()
    .BeforePrivilegeDrop(context => service = new RewriteService(context))
    .ServeAsync((client, stop) => new RewriteSession(service!, client).RunAsync(stop)); // set before the first client
