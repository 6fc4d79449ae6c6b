namespace Mta.Milter.Tests;

internal static class FilterDefinitions
{
    /// <summary>What main.cf would say about a filter.</summary>
    public static MilterDefinition Definition(this ScriptedFilter filter, MilterDefaultAction onFailure = MilterDefaultAction.Tempfail, int version = 6, double timeout = 20) => new()
    {
        Name = "inet:filter",
        Endpoint = new Linux.StreamEndpoint("", "127.0.0.1", $"{filter.Port}"),
        ConnectTimeout = TimeSpan.FromSeconds(20),
        CommandTimeout = TimeSpan.FromSeconds(timeout),
        ContentTimeout = TimeSpan.FromSeconds(timeout),
        DefaultAction = onFailure,
        Version = version,
    };
}
