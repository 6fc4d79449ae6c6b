using Mta.Service;
using Mta.Smtp;

SmtpAgent? agent = null;
return await Daemon.Single("smtp")
    .BehindClients()
    .ContinuesSessionsInPlace()
    .AcceptsArguments()
    .KeepsLimitItself(SmtpAgent.AdmittedPerPlace)
    .BeforePrivilegeDrop(context => agent = SmtpAgent.Create(context))
    .OnExit(_ => agent?.Dispose())
    .ServeAsync((client, _) => agent!.ServeAsync(client)); // Made before the first client.
