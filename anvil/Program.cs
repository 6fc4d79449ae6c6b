using Mta.Anvil;
using Mta.Config.Parameters;
using Mta.Service;

AnvilDaemon? anvil = null;
return await Daemon.Multi("anvil")
    .RequiresProcessLimit(ProcessLimit.One)
    .WithoutUseLimit()
    .IdlesAtLeast(configuration => configuration.Get(AnvilParameters.AnvilRateTimeUnit))
    .AfterPrivilegeDrop(context => anvil = new AnvilDaemon(context))
    .OnExit(_ => anvil?.LogStatistics())
    .ServeAsync((client, stop) => anvil!.ServeAsync(client, stop)); // made above
