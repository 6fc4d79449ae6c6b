using Mta.Config.Parameters;
using Mta.Delivery.Orders;
using Mta.Pipe;
using Mta.Service;

if (WorkerProgram.IsRequested(ProgramArguments.Arguments))
{
    return WorkerProgram.Run(ProgramArguments.Arguments);
}

PipeAgent? agent = null;
return await Daemon.Single("pipe")
    .BehindClients()
    .RequiresPrivileges()
    .AcceptsArguments()
    .BeforePrivilegeDrop(context => agent = new PipeAgent(context))
    .AfterPrivilegeDrop(context => PrivilegedParent.TakeOwnerIdentity(context.Configuration.Get(GlobalParameters.MailOwner)))
    .ServeAsync((client, stop) => agent!.ServeAsync(client)); // made before the first client
