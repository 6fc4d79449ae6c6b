using Mta.Config;
using Mta.Linux;
using Mta.Service;
using Mta.Text;

namespace Mta.Postfix.Import;

/// <summary>import-sendmail and import-exim: another mail system's configuration as a directory of ours.</summary>
internal static class ImportCommand
{
    /// <param name="operands">The command, what is read, and the directory that is made.</param>
    /// <returns>0 when everything was understood, else 1.</returns>
    /// <exception cref="FatalException">Nothing could be read or written.</exception>
    public static int Run(IReadOnlyList<string> operands)
    {
        bool isExim = operands[0] == "import-exim";
        if (operands.Count != 3)
        {
            throw new FatalException($"usage: postfix {operands[0]} {(isExim ? "FILE" : "DIRECTORY")} NEW_DIRECTORY");
        }

        string source = operands[1].Length > 1 ? operands[1].TrimEnd('/') : operands[1];
        try
        {
            Conversion conversion = isExim
                ? EximImport.Convert(source, TextFile.Read(source), static path => TryRead(path))
                : SendmailImport.Convert(source, name => TryRead(name.StartsWith('/') ? name : $"{source}/{name}"));
            Write(conversion, source, operands[2]);
            foreach (string line in conversion.NotUnderstood)
            {
                CommandLineTool.Print($"not understood: {Printable.Neutralize(line)}\n");
            }

            CommandLineTool.Print($"{operands[2]}: main.cf and {conversion.Tables.Count} {(conversion.Tables.Count == 1 ? "table" : "tables")}; {conversion.NotUnderstood.Count} not understood\n");
            return conversion.NotUnderstood.Count == 0 ? 0 : 1;
        }
        catch (LinuxException error)
        {
            throw new FatalException($"{error.Call} {error.Path}: {Errno.Text(error.Errno)}", error);
        }
    }

    private static string? TryRead(string path)
    {
        try
        {
            return TextFile.Read(path);
        }
        catch (LinuxException error) when (error.Errno == Errno.ENOENT)
        {
            return null;
        }
    }

    // A new directory or an empty one: somebody's configuration is never written over.
    private static void Write(Conversion conversion, string source, string directory)
    {
        if (Posix.TryStat(directory, out _) != 0)
        {
            Posix.Mkdir(directory, 0x1ED); // 0755
        }

        WriteFile($"{directory}/main.cf", conversion.MainCf(source), 0x1A4); // 0644
        foreach ((string name, List<string> rows) in conversion.Tables)
        {
            // Passwords are root's.
            WriteFile($"{directory}/{name}", string.Concat(rows.Select(static row => row + "\n")), name == "sasl_passwd" ? 0x180 : 0x1A4);
        }
    }

    private static void WriteFile(string path, string text, int mode)
    {
        using FileHandle file = Posix.Open(path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, mode);
        Posix.WriteAll(file, ByteString.ToBytes(text));
        Posix.Fsync(file);
        Posix.Close(file);
    }
}
