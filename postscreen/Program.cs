using Mta.Postscreen;
using Mta.Service;

Screen? screen = null;
return await Daemon.Event("postscreen")
    .RequiresProcessLimit(ProcessLimit.One)
    .WithoutUseLimit()
    .WithoutIdleLimit()
    .BeforePrivilegeDrop(context => screen = new Screen(context))
    .AfterPrivilegeDrop(_ => screen!.Start()) // made above
    .ServeAsync((client, stop) => screen!.ServeAsync(client, stop)); // as above
