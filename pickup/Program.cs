using Mta.Pickup;
using Mta.Service;

MaildropScan? scan = null;
return await Daemon.Trigger("pickup")
    .RequiresProcessLimit(ProcessLimit.One)
    .AlwaysUnprivileged()
    .AfterPrivilegeDrop(context => { scan = new MaildropScan(PickupSettings.From(context.Configuration)); })
    .ServeTriggersAsync((context, triggers, stop) => Task.Run(() => scan!.RunAsync(stop), stop)); // Made before the first trigger.
