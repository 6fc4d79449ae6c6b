using Mta.Postlogd;
using Mta.Service;

LogFile? file = null;
return await Daemon.Dgram("postlogd")
    .RequiresProcessLimit(ProcessLimit.One)
    .WithoutUseLimit()
    .WithOwnLog()
    .BeforePrivilegeDrop(context => file = LogFile.Open(context))
    .ServeDatagramsAsync((_, line) => file!.Add(line.Span), _ => file!.Flush()); // Opened before the first datagram.
