using Mta.Service;
using Mta.Verify;

VerifyDaemon? verify = null;
return await Daemon.Multi("verify")
    .RequiresProcessLimit(ProcessLimit.One)
    .WithoutUseLimit()
    .BeforePrivilegeDrop(context => verify = new VerifyDaemon(context))
    .AfterPrivilegeDrop(_ => verify!.Start()) // made above
    .ServeAsync((client, stop) => verify!.ServeAsync(client, stop)); // as above
