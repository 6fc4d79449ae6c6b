using Mta.Config.Parameters;
using Mta.Postscreen;
using Mta.Service;

Screen? screen = null;
return await Daemon.Event("postscreen")
    .RequiresProcessLimit(ProcessLimit.One)
    .WithoutUseLimit()
    .WithoutIdleLimit()
    .BeforePrivilegeDrop(context => screen = new Screen(context))
    .AfterPrivilegeDrop(context =>
    {
        screen!.Start(); // made above
        Watchdog.Start(context.Configuration.Get(PostscreenParameters.PostscreenWatchdogTimeout));
    })
    .ServeAsync((client, stop) => screen!.ServeAsync(client, stop)); // as above
