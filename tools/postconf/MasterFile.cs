using Mta.Config;
using Mta.Linux;
using Mta.Text;

namespace Mta.Postconf;

/// <summary>master.cf as read.</summary>
internal sealed class MasterFile
{
    private MasterFile(List<MasterLine> lines) => Lines = lines;

    public IReadOnlyList<MasterLine> Lines { get; }

    /// <exception cref="ConfigurationException">The file cannot be read.</exception>
    /// <exception cref="FatalException">An entry is wrong.</exception>
    public static MasterFile Load(string path)
    {
        string text;
        try
        {
            text = TextFile.Read(path);
        }
        catch (LinuxException error)
        {
            throw new ConfigurationException($"{error.Call} {path}: {error.Reason}", error);
        }

        MasterFile file = new([.. LogicalLines.Split(text, orphan => Warnings.Write($"{path}: logical line must not start with whitespace: \"{orphan}\""))
            .Select(line => MasterLine.FromText(line.Text, $"file {path}: line {line.Number}"))]);
        foreach (MasterLine line in file.Lines)
        {
            foreach ((string name, string value) in line.Overrides.Where(static setting => ParameterRegistry.Find(setting.Name) is { IsReadOnly: true }).ToList())
            {
                Warnings.Write($"{path}: read-only parameter assignment: {name}={value}");
                line.Arguments.RemoveAll(argument => argument.Name == name);
            }
        }

        return file;
    }

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
