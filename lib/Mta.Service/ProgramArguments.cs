using Mta.Linux;
using Mta.Text;

namespace Mta.Service;

/// <summary>
/// The command line of this process with every byte kept: the runtime decodes arguments as UTF-8 and loses what is
/// not, so they are read from the kernel instead.
/// </summary>
public static class ProgramArguments
{
    private static readonly Lazy<(string Path, string[] Arguments)> CommandLine = new(Read);

    /// <summary>argv[0] as given by the caller; empty when there was none.</summary>
    public static string ProgramPath => CommandLine.Value.Path;

    /// <summary>The last component of argv[0].</summary>
    public static string ProgramName => ProgramPath[(ProgramPath.LastIndexOf('/') + 1)..];

    /// <summary>The arguments behind argv[0], as byte strings.</summary>
    public static string[] Arguments => CommandLine.Value.Arguments;

    internal static (string Path, string[] Arguments) Split(ReadOnlySpan<byte> commandLine, int argumentCount)
    {
        List<string> words = [];
        while (!commandLine.IsEmpty)
        {
            int end = commandLine.IndexOf((byte)0);
            if (end < 0)
            {
                end = commandLine.Length;
            }

            words.Add(ByteString.FromBytes(commandLine[..end]));
            commandLine = commandLine[Math.Min(end + 1, commandLine.Length)..];
        }

        // A managed run through the dotnet host has its own words in front.
        int first = Math.Max(0, words.Count - argumentCount);
        string path = first == 0 ? "" : words[first - 1];
        return (path, [.. words.Skip(first)]);
    }

    private static (string Path, string[] Arguments) Read()
    {
        string[] decoded = Environment.GetCommandLineArgs();
        using MemoryStream bytes = new();
        using (FileHandle file = Posix.Open("/proc/self/cmdline", OpenFlags.ReadOnly))
        {
            byte[] buffer = new byte[16384];
            int count;
            while ((count = Posix.Read(file, buffer)) > 0)
            {
                bytes.Write(buffer, 0, count);
            }
        }

        return Split(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), Math.Max(0, decoded.Length - 1));
    }
}
