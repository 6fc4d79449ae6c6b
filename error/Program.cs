using Mta.Delivery;
using Mta.Error;
using Mta.Service;

ErrorAgent? agent = null;
return await Daemon.Single("error")
    .BeforePrivilegeDrop(context => agent = new ErrorAgent(context.ServiceName, DeliveryAgents.Create(context.Configuration, context.Tables, context.ServiceName)))
    .ServeAsync((client, stop) => agent!.ServeAsync(client)); // made before the first client
