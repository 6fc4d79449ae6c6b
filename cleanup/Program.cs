using Mta.Cleanup;
using Mta.Mail.Protocols;
using Mta.Service;
using Mta.Text;

CleanupContext? shared = null;
return await Daemon.Single("cleanup")
    .ContinuesSessionsInPlace()
    .CostsDescriptors(CleanupMilters.DescriptorsPerClient)
    .BeforePrivilegeDrop(context => { shared = CleanupStart.Open(context); })
    .ServeAsync(async (client, stop) =>
    {
        // Little while the envelope comes, with clients that may take their time; content gets more.
        client.InitialBuffer = 512;
        using BufferedInput input = new(client.Stream, 2 << 10) { Timeout = client.Timeout };
        AttributeReader reader = new(input);
        do
        {
            input.Timeout = client.Timeout;
            if (!await new MessageSession(shared!, input, client.Output, client.Socket).RunAsync(stop)) // Opened before the first client.
            {
                return;
            }

            input.Timeout = CleanupProtocol.AnotherWait;
        }
        while (await CleanupProtocol.ReadAnotherAsync(reader, client.Context.Retiring));
    });
