using Mta.Linux;
using Mta.Mail.Addresses;
using Mta.Text;

namespace Mta.Mail.Queue;

/// <summary>
/// The log of a site in the flush directory: which messages wait for it, one queue ID per line. Appended under an
/// exclusive lock and not flushed to disk; losing it only delays mail until the queue manager's next try.
/// </summary>
public sealed class FlushLog : IDisposable
{
    private const int MaxLength = 64 << 20;

    private readonly FileHandle _file;
    private readonly string _path;

    private FlushLog(FileHandle file, string path)
    {
        _file = file;
        _path = path;
    }

    /// <summary>The log's name: the site in lower case, every byte that is no letter or digit as <c>_</c>.</summary>
    /// <returns>False when nothing usable is left.</returns>
    public static bool TryNameOf(string site, out QueueId name)
    {
        site = site.StartsWith('[') || !DomainSyntax.TryToAscii(site, out string ascii) ? site : ascii;
        Span<char> text = stackalloc char[Math.Min(site.Length, 255)];
        for (int i = 0; i < text.Length; i++)
        {
            char c = Ascii.ToLower(site[i]);
            text[i] = Ascii.IsAlphanumeric(c) ? c : '_';
        }

        return QueueId.TryParse(new string(text), out name) && site.Length <= 255;
    }

    /// <summary>Opens a site's log and locks it.</summary>
    /// <param name="create">Make it when it does not exist.</param>
    /// <returns>0, or the error number.</returns>
    public static int TryOpen(QueueDirectory directory, QueueId name, bool create, out FlushLog? log)
    {
        OpenFlags flags = OpenFlags.ReadWrite | OpenFlags.Append | OpenFlags.NoFollow | (create ? OpenFlags.Create : 0);
        string path = directory.PathOf(QueueName.Flush, name);
        int errno = Posix.TryOpen(path, flags, 0x180, out FileHandle file);
        if (errno == Errno.ENOENT && create && directory.IsHashed(QueueName.Flush))
        {
            directory.MakeHashDirectories(QueueName.Flush, name);
            errno = Posix.TryOpen(path, flags, 0x180, out file);
        }

        log = null;
        if (errno == 0)
        {
            Posix.Flock(file, FileLock.Exclusive, wait: true);
            log = new FlushLog(file, path);
        }

        return errno;
    }

    /// <summary>Notes a message.</summary>
    /// <exception cref="LinuxException">write failed.</exception>
    public void Add(QueueId id) => Posix.WriteAll(_file, ByteString.ToBytes($"{id.Value}\n"));

    /// <summary>The messages noted, each once; lines that are no queue ID are passed over.</summary>
    /// <exception cref="LinuxException">read failed.</exception>
    public List<QueueId> ReadAll()
    {
        byte[] bytes = new byte[(int)Math.Min(Posix.Fstat(_file).Size, MaxLength)];
        int length = Posix.Pread(_file, bytes, 0);
        List<QueueId> ids = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        ReadOnlySpan<byte> rest = bytes.AsSpan(0, length);
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'\n');
            string line = ByteString.FromBytes(end < 0 ? rest : rest[..end]);
            rest = end < 0 ? default : rest[(end + 1)..];
            if (QueueId.TryParse(line, out QueueId id) && seen.Add(line))
            {
                ids.Add(id);
            }
        }

        return ids;
    }

    /// <summary>Forgets everything noted.</summary>
    public void Clear() => Posix.Ftruncate(_file, 0);

    /// <summary>Sets the log's times: its access time is when it was last used.</summary>
    public void Touch(DateTime utc) => Posix.TrySetFileTimes(_path, utc);

    public void Dispose() => _file.Dispose();
}
