using Mta.Cleanup;
using Mta.Service;
using Mta.Text;

CleanupContext? shared = null;
return await Daemon.Single("cleanup")
    .ContinuesSessionsInPlace()
    .BeforePrivilegeDrop(context => { shared = CleanupStart.Open(context); })
    .ServeAsync(async (client, stop) =>
    {
        // Content comes in large pieces.
        using BufferedInput input = new(client.Stream, 32 << 10) { Timeout = client.Timeout };
        await new MessageSession(shared!, input, client.Output, client.Socket).RunAsync(stop); // Opened before the first client.
    });
