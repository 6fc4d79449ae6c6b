using Mta.Config.Parameters;
using Mta.Delivery.Orders;
using Mta.Service;
using Mta.Virtual;

if (WorkerProgram.IsRequested(ProgramArguments.Arguments))
{
    return WorkerProgram.Run(ProgramArguments.Arguments);
}

VirtualAgent? agent = null;
return await Daemon.Single("virtual")
    .BehindClients()
    .ContinuesSessionsInPlace()
    .RequiresPrivileges()
    .BeforePrivilegeDrop(context => agent = VirtualAgent.Create(context))
    .AfterPrivilegeDrop(context => PrivilegedParent.TakeOwnerIdentity(context.Configuration.Get(GlobalParameters.MailOwner)))
    .ServeAsync((client, stop) => agent!.ServeAsync(client)); // made before the first client
