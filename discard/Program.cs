using Mta.Delivery;
using Mta.Discard;
using Mta.Service;

DiscardAgent? agent = null;
return await Daemon.Single("discard")
    .BeforePrivilegeDrop(context => agent = new DiscardAgent(DeliveryAgents.Create(context.Configuration, context.Tables, context.ServiceName)))
    .ServeAsync((client, stop) => agent!.ServeAsync(client)); // made before the first client
