using Mta.Service;
using Mta.Smtpd;

SmtpdServer? server = null;
return await Daemon.Single("smtpd")
    .NumberedSessions()
    .ContinuesSessionsInPlace()
    .CostsDescriptors(SmtpdMilters.DescriptorsPerClient)
    .BeforePrivilegeDrop(context => server = new SmtpdServer(context))
    .ServeAsync((client, stop) => new SessionLoop(server!, client).RunAsync(stop)); // made before the first client
