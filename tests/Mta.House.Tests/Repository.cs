namespace Mta.House.Tests;

/// <summary>Where the source tree is: the directory above the test's own that holds the solution.</summary>
internal static class Repository
{
    public static readonly string Root = Find();

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
