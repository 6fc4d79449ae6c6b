using Mta.Linux;

namespace Mta.Delivery.Tests;

/// <summary>A private directory with queue files in it.</summary>
public sealed class QueueFileFixture : IDisposable
{
    public QueueFileFixture()
    {
        Directory = $"{Path.GetTempPath()}/mta-delivery-{Guid.NewGuid():N}";
        Posix.Mkdir(Directory, 0x1C0);
        Posix.Mkdir($"{Directory}/active", 0x1C0);
    }

    public string Directory { get; }

    /// <summary>Offset of the content in files made by <see cref="Make"/>.</summary>
    public long ContentOffset { get; private set; }

    /// <summary>Offset of the recipient in files made by <see cref="Make"/>.</summary>
    public long RecipientOffset { get; private set; }

    /// <summary>Makes a queue file; text ends lines with LF, a missing last one makes a continued record.</summary>
    public FileHandle Make(string content, bool complete = true, string name = "active/A1")
    {
        using MemoryStream bytes = new();
        Record(bytes, 'C', new string(' ', 95));
        Record(bytes, 'T', "1 0");
        Record(bytes, 'S', "s@x.test");
        RecipientOffset = bytes.Length;
        Record(bytes, 'R', "r@y.test");
        Record(bytes, 'M', "");
        ContentOffset = bytes.Length;
        string[] lines = content.Split('\n');
        for (int i = 0; i < lines.Length - 1; i++)
        {
            Record(bytes, 'N', lines[i]);
        }

        if (lines[^1].Length > 0)
        {
            Record(bytes, 'L', lines[^1]);
        }

        if (complete)
        {
            Record(bytes, 'X', "");
            Record(bytes, 'E', "");
        }

        FileHandle file = Posix.Open($"{Directory}/{name}", OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Truncate, 0x1C0);
        Posix.WriteAll(file, bytes.ToArray());
        return file;
    }

    public string Read(string name) => System.Text.Encoding.Latin1.GetString(File.ReadAllBytes($"{Directory}/{name}"));

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    private static void Record(MemoryStream stream, char type, string data)
    {
        stream.WriteByte((byte)type);
        int length = data.Length;
        while (length > 127)
        {
            stream.WriteByte((byte)(length | 128));
            length >>= 7;
        }

        stream.WriteByte((byte)length);
        stream.Write(System.Text.Encoding.Latin1.GetBytes(data));
    }
}
