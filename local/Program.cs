using Mta.Config.Parameters;
using Mta.Delivery.Orders;
using Mta.Local;
using Mta.Service;

if (WorkerProgram.IsRequested(ProgramArguments.Arguments))
{
    return WorkerProgram.Run(ProgramArguments.Arguments);
}

LocalAgent? agent = null;
return await Daemon.Single("local")
    .BehindClients()
    .RequiresPrivileges()
    .BeforePrivilegeDrop(context => agent = LocalAgent.Create(context))
    .AfterPrivilegeDrop(context => PrivilegedParent.TakeOwnerIdentity(context.Configuration.Get(GlobalParameters.MailOwner)))
    .ServeAsync((client, stop) => agent!.ServeAsync(client)); // made before the first client
