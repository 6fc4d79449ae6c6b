using Mta.Config.Parameters;
using Mta.Postlogd;
using Mta.Service;

LogFile? file = null;
return await Daemon.Dgram("postlogd")
    .RequiresProcessLimit(ProcessLimit.One)
    .WithoutUseLimit()
    .WithOwnLog()
    .WatchedFor(static configuration => configuration.Get(PostlogParameters.PostlogdWatchdogTimeout))
    .BeforePrivilegeDrop(context => file = LogFile.Open(context))
    .ServeDatagramsAsync((_, line) => file!.Add(line.Span), _ => file!.Flush()); // Opened before the first datagram.
