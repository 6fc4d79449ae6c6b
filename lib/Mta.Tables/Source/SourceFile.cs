using Mta.Linux;
using Mta.Text;

namespace Mta.Tables.Source;

/// <summary>The bytes of a table's source and who owns it. Bounded; read once, whole.</summary>
public sealed class SourceFile
{
    /// <summary>Largest source accepted, in bytes.</summary>
    public const long MaxLength = 1L << 30;

    private SourceFile(string path, byte[] content, FileStatus status)
    {
        Path = path;
        Content = content;
        Status = status;
    }

    public string Path { get; }

    public byte[] Content { get; }

    /// <summary>Owner, mode and times of the file as it was read.</summary>
    public FileStatus Status { get; }

    /// <summary>Reads a file; when it is changed meanwhile, it is read again.</summary>
    /// <exception cref="LinuxException">The file cannot be opened or read.</exception>
    /// <exception cref="TableException">The file is too large, or no regular file.</exception>
    public static SourceFile Read(string path)
    {
        using FileHandle file = Posix.Open(path, OpenFlags.ReadOnly | OpenFlags.NonBlocking);
        while (true)
        {
            FileStatus before = Posix.Fstat(file);
            if (before.IsDirectory)
            {
                throw new TableException($"open {path}: Is a directory");
            }

            if (before.Size > MaxLength)
            {
                throw new TableException($"open {path}: {Errno.Text(Errno.EFBIG)}");
            }

            byte[] content = before.IsRegular ? new byte[before.Size] : [];
            int length = before.IsRegular ? Posix.Pread(file, content, 0) : 0;
            if (!before.IsRegular)
            {
                content = ReadStream(file, path);
                length = content.Length;
            }

            FileStatus after = Posix.Fstat(file);
            if (!before.IsRegular || (length == after.Size && before.ModifyTime == after.ModifyTime))
            {
                return new SourceFile(path, content, after);
            }
        }
    }

    /// <summary>Reads all of an open descriptor (standard input).</summary>
    /// <exception cref="TableException">There is too much of it.</exception>
    public static byte[] ReadStream(FileHandle file, string name)
    {
        using MemoryStream all = new();
        byte[] buffer = new byte[65536];
        int count;
        while ((count = Posix.Read(file, buffer)) > 0)
        {
            all.Write(buffer, 0, count);
            if (all.Length > MaxLength)
            {
                throw new TableException($"{name}: {Errno.Text(Errno.EFBIG)}");
            }
        }

        return all.ToArray();
    }

    /// <summary>A rule list written in a table's name, <c>{ {rule}, {rule} }</c>, as lines of text.</summary>
    /// <exception cref="TableException">The braces do not fit.</exception>
    public static byte[] FromInline(string type, string name)
    {
        if (!TableListSyntax.TryUnbrace(name, out string inner, out string error))
        {
            throw new TableException($"{type} map: {error}");
        }

        using MemoryStream lines = new();
        foreach (string element in TableListSyntax.Split(inner))
        {
            if (!TableListSyntax.TryUnbrace(element, out string rule, out error))
            {
                throw new TableException($"{type} map: {error}");
            }

            lines.Write(ByteString.ToBytes(rule));
            lines.WriteByte((byte)'\n');
        }

        return lines.ToArray();
    }
}
