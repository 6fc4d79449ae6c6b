using Mta.Config;

namespace Mta.Postconf;

/// <summary>master.cf as read.</summary>
internal sealed class MasterFile
{
    private MasterFile(List<MasterLine> lines) => Lines = lines;

    public IReadOnlyList<MasterLine> Lines { get; }

    /// <exception cref="ConfigurationException">The file cannot be read, or an entry is wrong.</exception>
    public static MasterFile Load(string path) => new([.. MasterCf.Load(path).Select(MasterLine.From)]);

    /// <summary>As <see cref="Load"/>; a file that cannot be read costs a warning.</summary>
    public static MasterFile LoadOrWarn(string path)
    {
        try
        {
            return Load(path);
        }
        catch (ConfigurationException error) when (error.Message.StartsWith("open ", StringComparison.Ordinal))
        {
            Warnings.Write(error.Message);
            return new MasterFile([]);
        }
    }
}
