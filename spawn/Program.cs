using Mta.Config.Parameters;
using Mta.Delivery.Orders;
using Mta.Service;
using Mta.Spawn;

if (WorkerProgram.IsRequested(ProgramArguments.Arguments))
{
    return WorkerProgram.Run(ProgramArguments.Arguments);
}

SpawnServer? server = null;
return await Daemon.Single("spawn")
    .RequiresPrivileges()
    .AcceptsArguments()
    .BeforePrivilegeDrop(context => server = new SpawnServer(context))
    .AfterPrivilegeDrop(context => PrivilegedParent.TakeOwnerIdentity(context.Configuration.Get(GlobalParameters.MailOwner)))
    .ServeAsync((client, stop) => server!.ServeAsync(client)); // made before the first client
