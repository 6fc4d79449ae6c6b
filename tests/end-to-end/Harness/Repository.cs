namespace Mta.EndToEnd;

/// <summary>Where the source tree and the programs under test are.</summary>
internal static class Repository
{
    public static readonly string Root = Find();

    /// <summary>Output directory of build.sh; <c>MTA_BUILD</c> names another.</summary>
    public static readonly string Build = Environment.GetEnvironmentVariable("MTA_BUILD") ?? Path.Combine(Root, "out");

    public static string Command(string name) => Path.Combine(Build, "sbin", name);

    public static string Daemon(string name) => Path.Combine(Build, "libexec", name);

    public static string Tool(string name) => Path.Combine(Root, "tests/tools", name);

    private static string Find()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Mta.sln")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory ?? throw new InvalidOperationException("the source tree was not found above the test");
    }
}
