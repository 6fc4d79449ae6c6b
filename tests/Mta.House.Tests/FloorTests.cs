using System.Xml.Linq;

namespace Mta.House.Tests;

/// <summary>The floors of the house: a project refers only to lower floors, and executables never to each other.</summary>
public sealed class FloorTests
{
    private static readonly Dictionary<string, double> Floors = new()
    {
        ["Mta.Text"] = 0,
        ["Mta.Linux"] = 0,
        ["Mta.Tables"] = 1.1,
        ["Mta.Dns"] = 1.1,
        ["Mta.Tls"] = 1.1,
        ["Mta.Config"] = 1.2,
        ["Mta.Mail"] = 2,
        ["Mta.Service"] = 3,
        ["Mta.Delivery"] = 3,
        ["Mta.Milter"] = 3,
        ["Mta.Sasl"] = 3,
        ["Mta.TlsServer"] = 3,
    };

    public static TheoryData<string> Projects()
    {
        var data = new TheoryData<string>();
        foreach (string project in ProductProjects())
        {
            data.Add(Path.GetRelativePath(Repository.Root, project));
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_to_lower_floors(string project)
    {
        double own = FloorOf(Path.GetFileNameWithoutExtension(project));
        foreach (string reference in ReferencesOf(Path.Combine(Repository.Root, project)))
        {
            Assert.True(FloorOf(reference) < own, $"{project} (floor {own}) refers to {reference} (floor {FloorOf(reference)})");
        }
    }

    [Fact]
    public void Every_library_has_a_floor()
    {
        foreach (string directory in Directory.GetDirectories(Path.Combine(Repository.Root, "lib")))
        {
            Assert.Contains(Path.GetFileName(directory), Floors.Keys);
        }
    }

    [Fact]
    public void Native_calls_stand_in_the_native_floor_or_beside_the_library_they_wrap()
    {
        // libc belongs to Mta.Linux; a wrapped library (lmdb, pcre2, unbound, openssl) has its calls in its own floor-1 room.
        string[] rooms = ["lib/Mta.Linux/", "lib/Mta.Tables/", "lib/Mta.Dns/", "lib/Mta.Tls/"];
        foreach (string file in SourceFiles())
        {
            string relative = Path.GetRelativePath(Repository.Root, file);
            if (File.ReadAllText(file).Contains("[LibraryImport(", StringComparison.Ordinal))
            {
                Assert.Contains(rooms, room => relative.StartsWith(room, StringComparison.Ordinal));
            }
        }
    }

    [Theory]
    [InlineData("Flush(true)")]
    [InlineData("FlushToDisk")]
    [InlineData("File.Move(")]
    [InlineData("File.WriteAll")]
    [InlineData(" Process.Start(")]
    public void The_product_never_calls_what_hides_errors_or_forks(string banned)
    {
        foreach (string file in SourceFiles())
        {
            Assert.False(
                File.ReadAllText(file).Contains(banned, StringComparison.Ordinal),
                $"{Path.GetRelativePath(Repository.Root, file)} uses {banned}");
        }
    }

    private static double FloorOf(string project) => Floors.GetValueOrDefault(project, 4);

    private static IEnumerable<string> ProductProjects() =>
        Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
            .Where(path => !Path.GetRelativePath(Repository.Root, path).StartsWith("tests", StringComparison.Ordinal)
                && !Path.GetRelativePath(Repository.Root, path).StartsWith("bench", StringComparison.Ordinal));

    private static IEnumerable<string> SourceFiles() =>
        ProductProjects()
            .SelectMany(project => Directory.EnumerateFiles(Path.GetDirectoryName(project)!, "*.cs", SearchOption.AllDirectories))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal));

    private static IEnumerable<string> ReferencesOf(string project) =>
        XDocument.Load(project).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
}
