using Mta.Qmqpd;
using Mta.Service;

QmqpServer? server = null;
return await Daemon.Single("qmqpd")
    .NumberedSessions()
    .BeforePrivilegeDrop(context => server = new QmqpServer(context))
    .ServeAsync((client, stop) => new QmqpSession(server!, client).RunAsync(stop)); // made before the first client
