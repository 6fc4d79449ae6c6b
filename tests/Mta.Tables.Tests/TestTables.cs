using Mta.Text;

namespace Mta.Tables.Tests;

/// <summary>A registry whose warnings are kept, and a private directory.</summary>
internal sealed class TestTables : IDisposable
{
    public TestTables(bool surrogates = false, bool backReferences = false, int subjectLimit = 102_400, Dictionary<string, string>? redirections = null)
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("mta-tables-").FullName;
        Registry = new TableRegistry(new TableSettings
        {
            UseSurrogates = surrogates,
            RegexpBackreferences = backReferences,
            RegexpSubjectLimit = subjectLimit,
            LmdbMapSize = 65_536,
            Redirections = redirections ?? [],
            LogsRedirections = true,
            Info = Infos.Add,
            Warning = Warnings.Add,
            Error = Errors.Add,
        });
    }

    public List<string> Infos { get; } = [];

    public List<string> Warnings { get; } = [];

    public List<string> Errors { get; } = [];

    public string Directory { get; }

    public TableRegistry Registry { get; }

    public string Write(string name, string content)
    {
        string path = System.IO.Path.Combine(Directory, name);
        System.IO.File.WriteAllBytes(path, ByteString.ToBytes(content));
        return path;
    }

    /// <summary>The value, "-" when there is none, "!" for a failure.</summary>
    public string Ask(string reference, string key, TableFlags flags = TableFlags.Usual) => Ask(Registry.Open(reference, flags), key);

    public static string Ask(LookupTable table, string key)
    {
        LookupResult result = table.LookupAsync(key).AsTask().GetAwaiter().GetResult();
        return result.Status switch
        {
            LookupStatus.Found => result.Value,
            LookupStatus.NotFound => "-",
            LookupStatus.Failed => "!",
        };
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
